package bus

import (
	"context"
	"slices"
	"testing"
	"time"
)

// waiting is connected, with a method that is under way until released.
func waiting(t *testing.T) (b *fakeBus, c *Conn, release func()) {
	t.Helper()
	b = serveBus(t)
	c, err := Connect(t.Context(), b.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	end := make(chan struct{})
	c.Offer(Object{
		Name: testName, Path: testPath, Interface: testFace,
		Methods: []Method{{Name: "Wait"}, {Name: "Echo", In: "s", InArgs: []string{"text"}}},
		Handle: func(_ context.Context, call Call) ([]any, error) {
			if call.Method == "Wait" {
				<-end
			}
			return nil, nil
		},
	})
	if err := c.Own(); err != nil {
		t.Fatal(err)
	}
	return b, c, func() { close(end) }
}

// isQuiet waits until no call is under way. An answer may come before its call
// has ended.
func (c *Conn) isQuiet(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.Disown(ctx); err != nil {
		t.Error(err)
	}
	if n := c.sieve.calls.Load(); n != 0 {
		t.Errorf("%d calls are under way at the end", n)
	}
}

// TestNobodyHidesACall: the service is busy for as long as a call is under way,
// and no longer, whatever others send meanwhile.
func TestNobodyHidesACall(t *testing.T) {
	const unknownFlag = 8
	ping := message{path: testPath, face: peer, member: "Ping"}
	echo := message{path: testPath, face: testFace, member: "Echo", sig: "s", body: text("x")}
	with := func(m message, change func(*message)) message { change(&m); return m }
	for name, m := range map[string]message{
		"a ping":                         ping,
		"a ping with a type of a method": with(ping, func(m *message) { m.sig, m.body = "s", text("x") }),
		"a ping with another type":       with(ping, func(m *message) { m.sig, m.body = "u", []byte{1, 0, 0, 0} }),
		"a long ping":                    with(ping, func(m *message) { m.sig, m.body = "s", text(string(make([]byte, maxMessage))) }),
		"nothing of the peer's":          with(ping, func(m *message) { m.member = "Nothing" }),
		"a ping with an unknown flag":    with(ping, func(m *message) { m.flags = unknownFlag }),
		"a call with an unknown flag":    with(echo, func(m *message) { m.flags = unknownFlag }),
		"a call with an unknown field":   with(echo, func(m *message) { m.extra = "\xc8\x01s\x00\x01\x00\x00\x00x\x00" }),
		"a field with the code 0":        with(echo, func(m *message) { m.extra = "\x00\x01s\x00\x01\x00\x00\x00x\x00" }),
	} {
		t.Run(name, func(t *testing.T) {
			b, c, release := waiting(t)
			first := b.call(t, message{path: testPath, face: testFace, member: "Wait"})
			for range 3 {
				b.answerTo(t, b.call(t, m))
			}
			if !c.Busy() {
				t.Error("not busy while a call is under way")
			}
			release()
			if name, _ := b.answerTo(t, first); name != "" {
				t.Errorf("the call got %s", name)
			}
			c.isQuiet(t)
		})
	}
}

// TestOddHeaderEndsNothing: a bus passes on fields that it does not know, of
// any type. The call is lost, the connection is not.
func TestOddHeaderEndsNothing(t *testing.T) {
	b, c, release := waiting(t)
	release()
	for _, extra := range []string{"\xc8\x01y\x00\x07", "\xc8\x02ay\x00\x00\x00\x00\x00\x00\x00", "\xc8\x01v\x00\x01y\x00\x07"} {
		b.call(t, message{path: testPath, face: testFace, member: "Wait", extra: extra})
	}
	if name, _ := b.answerTo(t, b.call(t, message{path: testPath, face: testFace, member: "Wait"})); name != "" {
		t.Error(name)
	}
	c.isQuiet(t)
}

// TestPassedOnWithoutWhatIsUnknown: the library takes neither for a message.
func TestPassedOnWithoutWhatIsUnknown(t *testing.T) {
	b, _ := echoing(t)
	const unknown, interactive = 0xf8, 4
	m := message{flags: unknown | interactive, path: testPath, face: testFace, member: "Echo", sig: "s", body: text("hello")}
	_, body := b.answerTo(t, b.call(t, m))
	if want := []any{":1.42true [hello]"}; !slices.Equal(body, want) {
		t.Errorf("got %v, want %v", body, want)
	}
}
