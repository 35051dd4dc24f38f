package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"ecounit/detect"
)

func TestExitCode(t *testing.T) {
	running, interrupted := context.Background(), canceled()
	plain := errors.New("it failed")
	for _, test := range []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"success", running, nil, 0},
		{"success at the last moment", interrupted, nil, 0},
		{"failure", running, plain, 1},
		{"mistakes were printed", running, errMistakes, 1},
		{"a hint does not change it", running, withHint(plain, "do this"), 1},
		{"usage", running, usage("form", "wrong"), 2},
		{"usage, wrapped", running, fmt.Errorf("so: %w", usage("form", "wrong")), 2},
		{"usage before an interrupt", interrupted, usage("form", "wrong"), 2},
		{"inactive", running, statusError(exitInactive), 3},
		{"no such app", running, &noSuchApp{"x", ""}, 4},
		{"no such app, wrapped", running, withHint(&noSuchApp{"x", ""}, "do this"), 4},
		{"no such site", running, &noSuchSite{"x", ""}, 4},
		{"not published", running, (&siteChange{found: &standing{Publication: pending}}).err(), 5},
		{"published", running, (&siteChange{found: &standing{Publication: published}}).err(), 0},
		{"no host service", running, siteChange{}.err(), 0},
		{"interrupted", interrupted, plain, 130},
		{"interrupted while looking for an app", interrupted, &noSuchApp{"x", ""}, 130},
		{"help was printed", running, statusError(exitOK), 0},
	} {
		if got := exitCode(test.ctx, test.err); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestHintOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("x"), ""},
		{withHint(errors.New("x"), "type %s", "this"), "type this"},
		{fmt.Errorf("so: %w", withHint(errors.New("x"), "this")), "this"},
		{withHint(withHint(errors.New("x"), "inner"), "outer"), "outer"},
		{&detect.Error{Message: "x", Hint: "look there"}, "look there"},
		{&detect.Error{Message: "x"}, ""},
		{withHint(&detect.Error{Message: "x"}, "this"), "this"},
		{usage("form", "x"), "form"},
		{&noSuchApp{"x", "near"}, "near"},
	} {
		if got := hintOf(test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestReason(t *testing.T) {
	_, missing := os.Open("/nonexistent/file")
	_, noPort := net.Listen("tcp4", "127.0.0.1:70000")
	both := errors.Join(missing, errors.New("and more"))
	for _, test := range []struct {
		err  error
		want string
	}{
		{missing, "no such file or directory"},
		{fmt.Errorf("so: %w", missing), "no such file or directory"},
		{both, "no such file or directory"},
		{noPort, "listen tcp4: address 70000: invalid port"},
		{fs.ErrClosed, "file already closed"},
		{syscall.EADDRINUSE, "address already in use"},
	} {
		if got := reason(test.err).Error(); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestPlainly(t *testing.T) {
	if got := plainly(fmt.Errorf("cannot lock: %w", context.Canceled)); !errors.Is(got, errInterrupted) {
		t.Errorf("an interrupt is %q", got)
	}
	other := errors.New("other")
	if got := plainly(other); !errors.Is(got, other) {
		t.Errorf("%q became %q", other, got)
	}
}
