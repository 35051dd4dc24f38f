package bus

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	testName = "org.example"
	testPath = "/org/example/Test1"
	testFace = "org.example.Test1"
)

// refusal is an error with a name of its own.
type refusal struct{}

func (refusal) Error() string     { return "not today" }
func (refusal) Hint() string      { return "come tomorrow" }
func (refusal) ErrorName() string { return testFace + ".Error.Refused" }

// echoing is connected, with methods that tell what they got.
func echoing(t *testing.T) (*fakeBus, *Conn) {
	t.Helper()
	b := serveBus(t)
	c, err := Connect(t.Context(), b.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.Offer(Object{
		Name: testName, Path: testPath, Interface: testFace,
		Methods: []Method{
			{Name: "Echo", In: "s", Out: "s", InArgs: []string{"text"}, OutArgs: []string{"text"}},
			{Name: "Plain"},
			{Name: "Slow"},
			{Name: "Refuse"},
			{Name: "Struct", In: "(sas)", Out: "a(sss)", InArgs: []string{"request"}, OutArgs: []string{"findings"}},
		},
		Handle: func(_ context.Context, call Call) ([]any, error) {
			switch call.Method {
			case "Refuse":
				return nil, fmt.Errorf("around: %w", refusal{})
			case "Slow":
				time.Sleep(200 * time.Millisecond)
				return nil, nil
			case "Echo":
				return []any{fmt.Sprint(call.Sender, call.Interactive, call.Args)}, nil
			}
			return nil, nil
		},
	})
	if err := c.Own(); err != nil {
		t.Fatal(err)
	}
	return b, c
}

// answer is the reply to a call: its body, or the name of its error.
func (b *fakeBus) answerTo(t *testing.T, serial uint32) (name string, body []any) {
	t.Helper()
	select {
	case m := <-b.replies:
		if got := m.Headers[dbus.FieldReplySerial].Value(); got != serial {
			t.Fatalf("an answer to %v, want one to %d", got, serial)
		}
		name, _ := m.Headers[dbus.FieldErrorName].Value().(string)
		return name, m.Body
	case <-time.After(5 * time.Second):
		t.Fatal("no answer")
	}
	return "", nil
}

func TestCallReachesItsMethod(t *testing.T) {
	b, c := echoing(t)
	const allowInteractive = 4
	for flags, interactive := range map[byte]string{0: "false", allowInteractive: "true"} {
		serial := b.call(t, message{flags: flags, path: testPath, face: testFace, member: "Echo", sig: "s", body: text("hello")})
		if name, body := b.answerTo(t, serial); name != "" || fmt.Sprint(body) != "[:1.42"+interactive+" [hello]]" {
			t.Errorf("got %s %v", name, body)
		}
	}
	c.isQuiet(t)
}

func TestErrorHasItsNameAndHint(t *testing.T) {
	b, _ := echoing(t)
	name, body := b.answerTo(t, b.call(t, message{path: testPath, face: testFace, member: "Refuse"}))
	if name != testFace+".Error.Refused" || fmt.Sprint(body) != "[not today come tomorrow]" {
		t.Errorf("got %s %q", name, body)
	}
}

// TestOddCalls: every call that could be hostile is answered with an error, and
// the next honest one with what it asked for.
func TestOddCalls(t *testing.T) {
	b, c := echoing(t)
	const (
		badArgs = "org.freedesktop.DBus.Error.InvalidArgs"
		noFace  = "org.freedesktop.DBus.Error.UnknownInterface"
		noPath  = "org.freedesktop.DBus.Error.NoSuchObject"
		noName  = "org.freedesktop.DBus.Error.UnknownMethod"
	)
	echo := message{path: testPath, face: testFace, member: "Echo", sig: "s", body: text("x")}
	with := func(change func(*message)) message { m := echo; change(&m); return m }
	for name, test := range map[string]struct {
		m    message
		want string
	}{
		"another type":              {with(func(m *message) { m.sig, m.body = "u", []byte{1, 0, 0, 0} }), badArgs},
		"no arguments":              {with(func(m *message) { m.sig, m.body = "", nil }), badArgs},
		"arguments where none are":  {with(func(m *message) { m.member = "Plain" }), badArgs},
		"another method's type":     {with(func(m *message) { m.member = "Struct" }), badArgs},
		"a body without a type":     {with(func(m *message) { m.sig = "" }), badArgs},
		"variants, very deep":       {with(func(m *message) { m.sig, m.body = "v", []byte(strings.Repeat("\x01v\x00", 63)+"\x01y\x00\x07") }), badArgs},
		"a deep type":               {with(func(m *message) { m.sig, m.body = strings.Repeat("a", 32)+"y", []byte{0, 0, 0, 0} }), badArgs},
		"too long":                  {with(func(m *message) { m.body = text(strings.Repeat("x", maxMessage)) }), badArgs},
		"a megabyte":                {with(func(m *message) { m.sig, m.body = "ay", append([]byte{0, 0, 16, 0}, make([]byte, 1<<20)...) }), badArgs},
		"no interface":              {with(func(m *message) { m.face = "" }), badArgs},
		"another interface":         {with(func(m *message) { m.face = "org.freedesktop.DBus.Properties" }), noFace},
		"another path":              {with(func(m *message) { m.path = "/" }), noPath},
		"a path below":              {with(func(m *message) { m.path = testPath + "/x" }), noPath},
		"another method":            {with(func(m *message) { m.member = "Nothing" }), noName},
		"Introspect with arguments": {with(func(m *message) { m.face, m.member = introspectable, "Introspect" }), noFace},
	} {
		t.Run(name, func(t *testing.T) {
			if got, body := b.answerTo(t, b.call(t, test.m)); got != test.want {
				t.Errorf("got %q %v, want %q", got, body, test.want)
			}
			if got, body := b.answerTo(t, b.call(t, echo)); got != "" || len(body) != 1 {
				t.Errorf("the next call got %q %v", got, body)
			}
		})
	}
	c.isQuiet(t)
}

func TestWhatDoesNotComeThrough(t *testing.T) {
	b, c := echoing(t)
	signal := message{kind: typeSignal, path: "/x", face: "a.b", member: "C", sender: ":1.42", sig: "v", body: []byte("\x01y\x00\x07")}
	if err := b.send(signal.bytes(1)); err != nil {
		t.Fatal(err)
	}
	b.call(t, message{to: ":1.7", path: testPath, face: testFace, member: "Plain"})
	b.call(t, message{path: "/" + strings.Repeat("x", maxFields), face: testFace, member: "Plain"})
	if name, _ := b.answerTo(t, b.call(t, message{path: testPath, face: testFace, member: "Plain"})); name != "" {
		t.Error(name)
	}
	c.isQuiet(t)
}

func TestNobodyIsAnsweredWhoDoesNotWantIt(t *testing.T) {
	b, _ := echoing(t)
	const noReply = 1
	b.call(t, message{flags: noReply, path: testPath, face: testFace, member: "Refuse"})
	b.call(t, message{flags: noReply, path: testPath, face: testFace, member: "Plain"})
	last := b.call(t, message{path: testPath, face: testFace, member: "Plain"})
	b.answerTo(t, last) // fails for an answer to another one
}

func TestDisownAnswersWhatCameBefore(t *testing.T) {
	b, c := echoing(t)
	serial := b.call(t, message{path: testPath, face: testFace, member: "Slow"})
	if err := c.Disown(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case m := <-b.replies:
		if m.Headers[dbus.FieldReplySerial].Value() != serial {
			t.Error("another answer")
		}
	case <-time.After(time.Second):
		t.Error("it had not answered the call")
	}
}

func TestIntrospection(t *testing.T) {
	b, _ := echoing(t)
	for path, want := range map[string]string{
		testPath:       `<arg name="request" type="(sas)" direction="in">`,
		"/":            `<node name="org">`,
		"/org":         `<node name="example">`,
		"/org/example": `<node name="Test1">`,
		"/other":       `<interface name="org.freedesktop.DBus.Peer">`,
	} {
		_, body := b.answerTo(t, b.call(t, message{path: path, face: introspectable, member: "Introspect"}))
		if len(body) != 1 || !strings.Contains(body[0].(string), want) {
			t.Errorf("%s: %v lacks %s", path, body, want)
		}
	}
}

func TestUIDIsAskedOnce(t *testing.T) {
	b, c := echoing(t)
	asked := 0
	b.handlers["GetConnectionUnixUser"] = func(*dbus.Message) []any { asked++; return []any{uint32(1000)} }
	for range 3 {
		if uid, err := c.UID(t.Context(), ":1.42"); uid != 1000 || err != nil {
			t.Fatal(uid, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestPolkit(t *testing.T) {
	type result struct {
		Allowed, Challenge bool
		Details            map[string]string
	}
	failed := func(name string) dbus.Error { return dbus.Error{Name: name, Body: []any{"x"}} }
	for name, test := range map[string]struct {
		answer  any
		want    Decision
		missing bool
		fails   bool
	}{
		"yes":             {answer: result{Allowed: true}, want: Decision{Allowed: true}},
		"no":              {answer: result{}},
		"with a password": {answer: result{Challenge: true}, want: Decision{Challenge: true}},
		"none":            {answer: failed("org.freedesktop.DBus.Error.ServiceUnknown"), missing: true, fails: true},
		"does not start":  {answer: failed("org.freedesktop.DBus.Error.Spawn.ChildExited"), missing: true, fails: true},
		"masked":          {answer: failed("org.freedesktop.systemd1.UnitMasked"), missing: true, fails: true},
		"odd":             {answer: failed("org.freedesktop.PolicyKit1.Error.Failed"), fails: true},
	} {
		t.Run(name, func(t *testing.T) {
			b, c := echoing(t)
			b.handlers["CheckAuthorization"] = func(call *dbus.Message) []any {
				if got := fmt.Sprint(call.Body[1:]); got != "[org.example.act map[app:tasks] 1 ]" {
					t.Errorf("polkit was asked %s", got)
				}
				return []any{test.answer}
			}
			got, err := c.Authorize(t.Context(), ":1.42", "org.example.act", map[string]string{"app": "tasks"}, true)
			if got != test.want || (err != nil) != test.fails || errors.Is(err, ErrNoPolkit) != test.missing {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}
