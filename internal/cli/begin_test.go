package cli

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"ecounit/apply"
	"ecounit/internal/terminal"
)

// TestInterruptedWhileWaiting presses Ctrl-C while another change is under way.
func TestInterruptedWhileWaiting(t *testing.T) {
	if notTestUser != nil {
		t.Skip(notTestUser)
	}
	t.Setenv("HOME", t.TempDir())
	t.Setenv("USER", "alice")
	h, err := (&command{}).here()
	if err != nil {
		t.Fatal(err)
	}
	unlock, err := apply.Places{Home: h.User.Home}.Lock(t.Context(), func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	ctx, interrupt := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, interrupt)
	var out, messages bytes.Buffer
	code := Main(ctx, []string{"ecounit", "enable", "tasks"}, terminal.Streams{Out: &out, Err: &messages})
	if code != exitInterrupted || out.Len() != 0 {
		t.Errorf("exit %d, %q", code, out.String())
	}
	said := messages.String()
	if !strings.HasPrefix(said, "waiting for another ecounit of yours (process ") || !strings.HasSuffix(said, "\nerror: interrupted\n") {
		t.Errorf("it said %q", said)
	}
}
