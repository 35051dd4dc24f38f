//go:build machine

package attack

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/godbus/dbus/v5"

	"ecounit/host"
)

// signatures are those of the service's methods.
var signatures = map[string]string{
	"Prepare": "", "Publish": "(ssqsbuassbtq)", "Withdraw": "sb", "SetPassword": "sss", "PasswordNames": "s",
	"Approve": "s", "Reject": "ss", "Evict": "s", "Grant": "ssb", "Reconcile": "", "Check": "",
}

// fuzzService sends the service calls of its methods with hostile values, and
// calls of anything with values of any type. It must neither end nor stay
// silent, whoever calls. Root may call as often as it likes. Of Mallory's calls
// most get no further than that there are too many, so she also calls a little
// between restarts.
func fuzzService(h *machineHost) {
	seed := uint64(time.Now().UnixNano())
	h.t.Logf("seed %d", seed)
	before := h.rootSh("systemctl show -p NRestarts --value ecounit-hostd.service")
	random := rand.New(rand.NewPCG(seed, 0))
	for _, u := range []*user{h.rootUser(), h.mallory} {
		h.logFuzz(u, h.fuzzes(u, random, 2000))
	}
	deep := map[string]int{}
	for range 30 {
		h.restartService()
		for kind, n := range h.fuzzes(h.mallory, random, callsAllowed) {
			deep[kind] += n
		}
	}
	h.logFuzz(h.mallory, deep)
	if after := h.rootSh("systemctl show -p NRestarts --value ecounit-hostd.service"); after != before {
		h.t.Errorf("the service was restarted: %s, %s", before, after)
	}
	h.rootSh("journalctl --sync")
	said := h.rootSh("journalctl -q --no-pager -o cat -u ecounit-hostd.service | grep -E 'panic|goroutine|runtime error|SIGSEGV|Failed with|core dump|fatal error' || true")
	if said != "" {
		h.t.Errorf("the service says:\n%s", said)
	}
	if h.rootSh("systemctl is-failed ecounit-hostd.service || true") == "failed\n" {
		h.t.Error("the service failed")
	}
	h.aliceIsServed()
	if _, err := h.eve.bus().patiently("PasswordNames", "p1"); refusedAs(err) != "" && refusedAs(err) != host.NoSite && refusedAs(err) != host.Invalid {
		h.t.Errorf("afterwards eve gets %v", err)
	}
}

// callsAllowed is how many calls a user may make at once.
const callsAllowed = 20

func (h *machineHost) logFuzz(u *user, answers map[string]int) {
	h.t.Helper()
	h.t.Logf("%s: %v", u.name, answers)
	if answers["NoReply"] > 0 {
		h.t.Errorf("%d calls of %s were not answered", answers["NoReply"], u.name)
	}
}

// fuzzes sends as many calls and counts the answers by their names.
func (h *machineHost) fuzzes(u *user, random *rand.Rand, calls int) map[string]int {
	h.t.Helper()
	r := u.raw()
	defer r.Close()
	answers := map[string]int{}
	for sent := 0; sent < calls; {
		waiting := map[uint32]bool{}
		for range 4 { // more at the same time are too many
			serial, err := r.send(fuzzedMessage(random))
			h.must(err)
			waiting[serial] = true
			sent++
		}
		for len(waiting) > 0 {
			m := h.next(r)
			serial, _ := m.Headers[dbus.FieldReplySerial].Value().(uint32)
			if !waiting[serial] {
				continue
			}
			delete(waiting, serial)
			kind := "done"
			if m.Type == dbus.TypeError {
				kind, _ = m.Headers[dbus.FieldErrorName].Value().(string)
			}
			answers[kind[strings.LastIndexByte(kind, '.')+1:]]++
		}
	}
	return answers
}

// next is the next message from the bus.
func (h *machineHost) next(r *raw) *dbus.Message {
	h.t.Helper()
	type read struct {
		m   *dbus.Message
		err error
	}
	got := make(chan read, 1)
	go func() { m, err := dbus.DecodeMessage(r.reader); got <- read{m, err} }()
	select {
	case g := <-got:
		h.must(g.err)
		return g.m
	case <-time.After(30 * time.Second):
		h.t.Fatal("the service does not answer")
		return nil
	}
}

// fuzzedMessage is a call that the bus lets through.
func fuzzedMessage(random *rand.Rand) message {
	members := make([]string, 0, len(signatures))
	for _, name := range []string{"Publish", "Publish", "Publish", "Withdraw", "SetPassword", "PasswordNames", "Approve", "Reject", "Evict", "Grant", "Prepare"} {
		members = append(members, name)
	}
	m := message{to: host.BusName, path: host.ObjectPath, iface: host.Interface, member: members[random.IntN(len(members))]}
	m.signature = signatures[m.member]
	switch random.IntN(10) {
	case 0:
		m.signature = randomSignature(random, 3)
	case 1:
		m.member = "X" + m.member
	case 2:
		m.iface = []string{"org.freedesktop.DBus.Properties", "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Introspectable", "org.ecounit.Host2"}[random.IntN(4)]
		m.member = []string{"GetAll", "Ping", "Introspect", "Set", "Get"}[random.IntN(5)]
	case 3:
		m.path = []string{"/", "/org", "/org/ecounit/Host1/x", "/org/ecounit"}[random.IntN(4)]
	}
	var e encoder
	e.random(m.signature, random)
	m.body = e.out
	return m
}

func randomSignature(random *rand.Rand, depth int) string {
	var b strings.Builder
	for range random.IntN(5) {
		switch random.IntN(8) {
		case 0:
			if inner := randomSignature(random, depth-1); depth > 0 && inner != "" {
				b.WriteString("(" + inner + ")")
			}
		case 1:
			b.WriteString("a" + string("sybuqt"[random.IntN(6)]))
		case 2:
			b.WriteString("a{s" + string("svu"[random.IntN(3)]) + "}")
		default:
			b.WriteByte("sssybuqtnixdogv"[random.IntN(15)])
		}
	}
	return b.String()
}

// random writes values of the types, hostile ones where there is a choice.
func (e *encoder) random(signature string, random *rand.Rand) {
	for signature != "" {
		var one string
		one, signature = firstType(signature)
		e.randomOne(one, random)
	}
}

// firstType takes the first complete type off a signature.
func firstType(s string) (first, rest string) {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case 'a':
			continue
		}
		if depth == 0 {
			return s[:i+1], s[i+1:]
		}
	}
	panic(fmt.Sprintf("the signature %q", s))
}

func (e *encoder) randomOne(one string, random *rand.Rand) {
	number := []uint64{0, 1, 2, 80, 443, 1023, 1024, 8000, 65535, 1 << 31, 1<<32 - 1, 1<<63 - 1, 1 << 63, 1<<64 - 1, random.Uint64()}[random.IntN(15)]
	switch one[0] {
	case 'y':
		e.out = append(e.out, byte(number))
	case 'b':
		e.number(uint32(random.IntN(2)))
	case 'q', 'n':
		e.pad(2)
		e.out = binary.LittleEndian.AppendUint16(e.out, uint16(number))
	case 'u', 'i':
		e.number(uint32(number))
	case 't', 'x', 'd':
		e.pad(8)
		e.out = binary.LittleEndian.AppendUint64(e.out, number)
	case 's':
		e.text(randomText(random))
	case 'o':
		e.text("/org/ecounit/x")
	case 'g':
		e.signature("s")
	case 'v':
		e.signature("s")
		e.text(randomText(random))
	case '(', '{':
		e.pad(8)
		e.random(one[1:len(one)-1], random)
	case 'a':
		align := map[byte]int{'y': 1, 'b': 4, 'q': 2, 'n': 2, 'u': 4, 'i': 4, 't': 8, 'x': 8, 'd': 8, 's': 4, 'o': 4, 'g': 1, 'v': 1, '(': 8, '{': 8, 'a': 4}[one[1]]
		e.array(align, func() {
			for range []int{0, 1, 1, 2, 3, 100}[random.IntN(6)] {
				e.randomOne(one[1:], random)
			}
		})
	}
}

// randomText is a hostile text, an ordinary word, or both in one. Names of
// Alice's things are among the words; mallory_p1 is not, so that root does not
// take away what other tests need.
func randomText(random *rand.Rand) string {
	words := []string{"zz", "keep", "strip", "basic", "/mallory_zz", "/eve_zz", "/root_zz", "/wiki", "10.0.0.0/8", "::/0", "10.0.0.0/33", "nobody_x", bcryptHash, "$2y$31$x", "because"}
	switch random.IntN(4) {
	case 0:
		return strings.ReplaceAll(hostile[random.IntN(len(hostile))], "\x00", "")
	case 1:
		return words[random.IntN(len(words))] + strings.ReplaceAll(hostile[random.IntN(len(hostile))], "\x00", "")
	}
	return words[random.IntN(len(words))]
}
