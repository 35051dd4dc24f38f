package machine

import (
	"context"
	"testing"
)

// New boots a machine for one test and removes it afterwards. When the test
// failed, the end of the machine's journal is in its log.
func New(t testing.TB, suite Suite) *Machine {
	t.Helper()
	return NewWith(t, Options{Suite: suite})
}

// NewWith is New with further options.
func NewWith(t testing.TB, options Options) *Machine {
	t.Helper()
	m, err := Boot(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background() // the test's own has ended by now
		if t.Failed() {
			t.Log(m.journal(ctx))
		}
		if err := m.Remove(ctx); err != nil {
			t.Error(err)
		}
	})
	return m
}

// journal is the end of the machine's journal, or of its console.
func (m *Machine) journal(ctx context.Context) string {
	if result, err := m.Exec(ctx, "journalctl", "--no-pager", "-q", "-n", "60", "-o", "short-precise"); err == nil {
		return "the end of the machine's journal:\n" + result.Stdout
	}
	return "the machine is off; the end of its console:\n" + lastLines(m.state.console(), 60)
}
