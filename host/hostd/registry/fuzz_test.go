package registry

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"ecounit/apache"
	"ecounit/host"
)

// Whatever is asked for, it is refused in one printable line, or becomes a
// record of the caller's own that can be rendered and read back.
func FuzzClaim(f *testing.F) {
	f.Add("tasks", "/alice_tasks", uint16(0), "keep", uint32(300), "10.0.0.0/8", "basic", uint64(1000), uint16(8))
	f.Add("a\nb", "/alice_x/../..", uint16(80), "strip", uint32(0), "::ffff:1.2.3.4/96", "ease", uint64(1)<<63, uint16(65535))
	f.Add("${x}", "/\u202e", uint16(20001), "", uint32(4000000000), "fe80::1%eth0", "\x1b[2J", uint64(0), uint16(0))
	f.Fuzz(func(t *testing.T, app, path string, port uint16, prefix string, timeout uint32, network, auth string, body uint64, connections uint16) {
		b := newBench(t)
		b.claim(bob, request("notes", "/bob_notes"))
		r := host.Request{
			App: app, Path: path, Port: port, Prefix: prefix, WebSocket: body%2 == 0, Timeout: timeout,
			Auth: auth, HTTPSOnly: body%3 == 0, BodyLimit: body, Connections: connections,
		}
		if network != "" {
			r.AllowFrom = []string{network}
		}
		record, _, err := b.Claim(t.Context(), alice, r, b.terms)
		if err != nil {
			var refusal *host.Error
			if !errors.As(err, &refusal) || refusal.Kind == "" || len(refusal.Message) > 2000 || !utf8.ValidString(refusal.Message) ||
				strings.ContainsFunc(refusal.Message+refusal.Fix, func(c rune) bool { return !unicode.IsPrint(c) }) {
				t.Errorf("error %#v", err)
			}
			return
		}
		if record.UID != 1001 || record.Owner != "alice" || record.Socket != "" && record.Socket != host.Socket(1001, app) {
			t.Errorf("record: %+v", record)
		}
		if _, err := apache.Render(record.Site, apache.Oldest); err != nil {
			t.Errorf("cannot be rendered: %v", err)
		}
		b.reopen(b.system)
		if got, found := b.Own(alice, app); !found || !got.Site.Equal(record.Site) || len(b.Findings()) != 0 {
			t.Errorf("read back: %+v, findings %v", got, b.Findings())
		}
	})
}
