//go:build machine

package attack

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"ecounit/host"
)

// hostile are texts that would be more than a name to Apache, to a file system,
// to a log or to a terminal.
var hostile = []string{
	"\nAlias /evil /etc\n", "\r\nListen 81\r\n", "x\nProxyPass / http://127.0.0.1:1/", `"`, `x" "!"`, "'", "`id`", "$(id)", `\`, "x\\", "x\\\n",
	"${PATH}", "%{HTTP_HOST}e", "%1", "$1", "<Location \"/*\">", "</Location>", "#", "|/bin/sh", ";", "*", "?", "~", "~root", "@127.0.0.1:1",
	"..", "../x", "/../../etc/passwd", "../../../../etc/passwd", "/etc/passwd", ".", ".x", "-x", "--help", "x/y", "x//y", "x%2fy", "x%0ay",
	"é", "ａ", "\u202egnp", "\u2028", "\x1b[2J", "\x7f", "\t", " ", "x ", " x", "A", "ALICE", "",
	strings.Repeat("a", 64), strings.Repeat("a", 4096), strings.Repeat("../", 1000),
	"x\nFORGED=1\nMESSAGE=forged by mallory", "x\x1b]0;forged by mallory\x07",
}

// configInjection: text that becomes Apache directives. First by what is in a
// template that somebody filled in by hand.
func configInjection(h *machineHost) {
	app := freePort()
	h.mallory.backend("evil", fmt.Sprint(app))
	site := func(description, path string) string {
		return fmt.Sprintf("# %s\n<Location \"/inside\">\n  Require ip 10.0.0.0/8\n</Location>\n"+
			"<Location \"%s\">\n  Header always set X-App \"%s\"\n  SetHandler \"proxy:http://127.0.0.1:%d/\"\n</Location>\n", description, path, description, app)
	}
	h.rootSh(`mkdir -p /var/www/html/inside && echo secret > /var/www/html/inside/index.html`)
	for name, attack := range map[string]struct {
		description, path, target, want string
	}{
		"a newline":    {"x", "/x\">\n</Location>\nAlias \"/evil\" \"/etc\"\n<Directory \"/etc\">\nRequire all granted\n</Directory>\n<Location \"/x", "/evil/passwd", "root:x:0:0"},
		"a variable":   {"${DATABASE_PASSWORD}", "/x", "/x/", "hunter2"},
		"a wildcard":   {"x", "/*", "/index.html", `"app": "evil"`},
		"a line taken": {`x \`, "/x", "/inside/", "secret"},
	} {
		pasted := site(attack.description, attack.path)
		if name == "a line taken" { // in front of the line that protects
			pasted = fmt.Sprintf("<Location \"/inside\">\n# %s\n  Require ip 10.0.0.0/8\n</Location>\n", attack.description)
		}
		n := h.naive("Define DATABASE_PASSWORD hunter2", pasted)
		if a := n.get(attack.target); !strings.Contains(a.body+fmt.Sprint(a.header), attack.want) {
			h.t.Errorf("naive, %s: %s", name, a)
		}
		n.stop()
	}

	h.unchanged(h.mallory.injectsByDescriptor)
	h.unchanged(h.mallory.injectsByBus)
	h.unchanged(h.mallory.sendsBadBytes)
	h.web.get("/evil/passwd").is(404)
}

// injectsByDescriptor enables an app with each hostile text in each field that
// goes to the service. None may be accepted.
func (u *user) injectsByDescriptor() {
	h := u.host
	dir := h.t.TempDir()
	fields := map[string]string{
		"name":           "name = %s\n[web]\n",
		"path":           "name = \"x\"\n[web]\npath = %s\n",
		"path_of_my_own": "name = \"x\"\n[web]\npath = %s\n",
		"prefix":         "name = \"x\"\n[web]\nprefix = %s\n",
		"allow_from":     "name = \"x\"\n[web]\nallow_from = [%s]\n",
		"auth":           "name = \"x\"\n[web]\nauth = %s\n",
		"listen":         "name = \"x\"\n[web]\nlisten = %s\n",
		"body_limit":     "name = \"x\"\n[web]\nbody_limit = %s\n",
		"timeout":        "name = \"x\"\n[web]\ntimeout = %s\n",
		"connections":    "name = \"x\"\n[web]\nconnections = %s\n",
	}
	count := 0
	for field, text := range fields {
		for _, value := range hostile {
			switch field {
			case "path_of_my_own":
				value = "/mallory_" + value
			case "name", "path", "auth":
				if value == "" || value == strings.Repeat("a", 64) {
					continue // means the default, or is merely long
				}
			}
			if field == "path_of_my_own" && (value == "/mallory_-x" || value == "/mallory_--help") {
				continue // means nothing to anybody
			}
			if value == "" {
				continue
			}
			h.must(write(filepath.Join(dir, fmt.Sprintf("%s%03d", field, count), "ecounit.toml"),
				fmt.Sprintf(text, tomlString(value))+"command = [\"/bin/sleep\", \"${SOCKET}\"]\n"))
			count++
		}
	}
	for i, bytes := range []string{"name = \"x\xff\"", "name = \"x\x00\"", "\xef\xbb\xbfname = \"x\ny\"", "name = 'x\x1b'"} {
		h.must(write(filepath.Join(dir, fmt.Sprintf("bytes%d", i), "ecounit.toml"), bytes+"\n[web]\ncommand = [\"/bin/sleep\", \"${SOCKET}\"]\n"))
	}
	h.must(h.CopyDir(h.t.Context(), dir, "/home/"+u.name+"/injection", u.name))
	if out := u.does(`cd ~/injection && for d in *; do ( cd "$d" && ecounit enable >out 2>&1 && { echo "accepted:"; cat ecounit.toml out; } || true ); done`); out != "" {
		h.t.Errorf("of %d descriptors:\n%s", count, out)
	}
}

// tomlString writes any text as a TOML string.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r == 0x7f {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func write(path, text string) error {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if errors.Is(err, fs.ErrExist) {
		err = nil
	}
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// injectsByBus calls the service itself with each hostile text in each field.
func (u *user) injectsByBus() {
	h := u.host
	b := u.bus()
	calls := map[string]func(text string) (string, []any){}
	for field, set := range map[string]func(*host.Request, string){
		"App":            func(r *host.Request, s string) { r.App = s },
		"Path":           func(r *host.Request, s string) { r.Path = s },
		"Path of my own": func(r *host.Request, s string) { r.Path = "/mallory_p1" + s },
		"Prefix":         func(r *host.Request, s string) { r.Prefix = s },
		"AllowFrom":      func(r *host.Request, s string) { r.AllowFrom = []string{s} },
		"Auth":           func(r *host.Request, s string) { r.Auth = s },
	} {
		calls["Publish "+field] = func(text string) (string, []any) {
			r := request(u, "p1")
			set(&r, text)
			return "Publish", []any{r}
		}
	}
	calls["Withdraw"] = func(s string) (string, []any) { return "Withdraw", []any{s, true} }
	calls["SetPassword app"] = func(s string) (string, []any) { return "SetPassword", []any{s, "bob", bcryptHash} }
	calls["SetPassword name"] = func(s string) (string, []any) { return "SetPassword", []any{"p1", s, bcryptHash} }
	calls["SetPassword hash"] = func(s string) (string, []any) { return "SetPassword", []any{"p1", "bob", s} }
	calls["PasswordNames"] = func(s string) (string, []any) { return "PasswordNames", []any{s} }
	for name, call := range calls {
		for _, text := range hostile {
			if (name == "Publish Auth" || name == "Publish Path of my own" || name == "SetPassword hash") && text == "" {
				continue // nothing hostile
			}
			if name == "Publish Path of my own" && (text == "-x" || text == "--help") || name == "SetPassword name" && visitorName.MatchString(text) {
				continue
			}
			method, args := call(text)
			body, err := b.patiently(method, args...)
			if err == nil {
				h.t.Errorf("%s with %.60q is accepted: %v", name, text, body)
				continue
			}
			h.refused(fmt.Sprintf("%s with %.60q", name, text), err, host.Invalid, host.Refused, host.Taken, host.NoSite)
		}
	}
}

// visitorName is a name that somebody can log in with: it means nothing to a
// password file.
var visitorName = regexp.MustCompile(`^[A-Za-z0-9._@-]{1,64}$`)

// bcryptHash is of "secret".
const bcryptHash = "$2y$10$CCCCCCCCCCCCCCCCCCCCC.VVp5aqsPmU7zaCQqZwwreor7t89ae/K"

// restartService has the service forget whom it found to call too often. The
// next call starts it.
func (h *machineHost) restartService() {
	h.t.Helper()
	h.rootSh("systemctl stop ecounit-hostd.service; systemctl reset-failed ecounit-hostd.service 2>/dev/null || true")
}

// patiently calls again when the service finds that it is called too often. It
// counts calls while it runs, so the administrator ends it.
func (b bus) patiently(method string, args ...any) ([]any, error) {
	for {
		body, err := b.call(method, args...)
		if refusedAs(err) != host.TooMany || !strings.Contains(err.Error(), "too many calls") {
			return body, err
		}
		b.user.host.restartService()
	}
}

// sendsBadBytes sends what no D-Bus library would. The bus itself refuses
// most of it.
func (u *user) sendsBadBytes() {
	h := u.host
	long := func(n int) []byte { var e encoder; e.text(strings.Repeat("a", n)); return e.out }
	text := func(s string) []byte { var e encoder; e.text(s); return e.out }
	for name, m := range map[string]message{
		"not UTF-8":             {signature: "s", body: text("p1\xff\xfe")},
		"a NUL":                 {signature: "s", body: text("p1\x00x")},
		"another type":          {signature: "u", body: []byte{1, 0, 0, 0}},
		"no arguments":          {},
		"too many arguments":    {signature: "ss", body: append(append(text("p1"), 0), text("x")...)},
		"less than it declares": {signature: "s", body: []byte{255, 0, 0, 0, 'a', 0}},
		"more than it declares": {signature: "s", body: append(text("p1"), 1, 2, 3)},
		"a length of 4 GiB":     {signature: "s", body: []byte{255, 255, 255, 255, 'a', 0}},
		"64 kB":                 {signature: "s", body: long(64 << 10)},
		"8 MB":                  {signature: "s", body: long(8 << 20)},
		"deep":                  {signature: strings.Repeat("a", 32) + "s", body: make([]byte, 64)},
		"deeper":                {signature: strings.Repeat("a", 33) + "s", body: make([]byte, 64)},
		"no type":               {signature: "!", body: []byte{0}},
		"a variant in itself":   {signature: "v", body: bytes.Repeat([]byte{1, 'v', 0}, 40)},
	} {
		m.to, m.path, m.iface = host.BusName, host.ObjectPath, host.Interface
		for _, member := range []string{"PasswordNames", "Publish"} {
			m.member = member
			r := u.raw()
			serial, err := r.send(m)
			if err != nil {
				continue // the bus hung up
			}
			answer := make(chan *dbus.Message, 1)
			go func() {
				reply, err := r.answer(serial)
				if err != nil {
					reply = nil // the bus hung up
				}
				answer <- reply
			}()
			select {
			case reply := <-answer:
				if reply != nil && reply.Type != dbus.TypeError {
					h.t.Errorf("%s with %s is accepted: %v", member, name, reply.Body)
				}
			case <-time.After(10 * time.Second):
				h.t.Errorf("%s with %s gets no answer", member, name)
			}
			r.Close()
		}
	}
}

// logInjection: lines forged in logs.
func logInjection(h *machineHost) {
	// What a hook of an administrator's would do with a name.
	h.rootSh(`printf '%s published %s\n' mallory "$(printf 'x\nalice approved mallory_evil')" >> /var/log/naive.log`)
	h.contains(h.rootSh(`grep ^alice /var/log/naive.log`), "alice approved mallory_evil")

	b := h.mallory.bus()
	forged := "x\nFORGED=1\nMESSAGE=alice approved mallory_evil\x1b[31m"
	r := request(h.mallory, forged)
	_, _ = b.patiently("Publish", r) // refused, as configInjection shows
	r = request(h.mallory, "p1")
	r.Path = "/mallory_" + forged
	_, _ = b.patiently("Publish", r)
	_, _ = b.patiently("SetPassword", "p1", forged, bcryptHash)
	_, _ = b.patiently("Withdraw", forged, true)
	if got := h.rootSh(`journalctl -q --sync; journalctl -q --no-pager FORGED=1`); got != "" {
		h.t.Errorf("mallory wrote fields of the journal:\n%s", got)
	}
	// What administrators are told to read shows nothing that a user wrote.
	h.mallory.does(`printf 'MESSAGE=approve alice_forged\nSYSLOG_IDENTIFIER=ecounit-hostd\nECOUNIT_SITE=alice_forged\nECOUNIT_USER=alice\n' | logger --journald; logger -t ecounit-hostd approve alice_forged`)
	audit := documented(h.t, "../../docs/administrators.md", "Each change is in the journal: `([^`]+)`")
	if got := h.rootSh("journalctl --sync; " + audit + " --no-pager | grep alice_forged || true"); got != "" {
		h.t.Errorf("%s shows what mallory wrote:\n%s", audit, got)
	}
	for line := range strings.Lines(h.rootSh(`journalctl -q --no-pager -a -o cat -u ecounit-hostd.service`)) {
		if strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\x1b\r\x00") || strings.HasPrefix(line, "alice approved") || strings.HasPrefix(line, "MESSAGE=") {
			h.t.Errorf("a line of the journal: %q", line)
		}
	}
}

// documented is what a file of the documentation says at a pattern.
func documented(t *testing.T, file, pattern string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(strings.ReplaceAll(pattern, " ", `\s+`)).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s does not say %s", file, pattern)
	}
	return string(m[len(m)-1])
}
