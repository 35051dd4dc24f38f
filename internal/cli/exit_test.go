package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"ecounit/internal/hint"
	"ecounit/internal/webserver"
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
		{"a hint does not change it", running, hint.With(plain, "do this"), 1},
		{"usage", running, usage("form", "wrong"), 2},
		{"usage, wrapped", running, fmt.Errorf("so: %w", usage("form", "wrong")), 2},
		{"usage before an interrupt", interrupted, usage("form", "wrong"), 2},
		{"inactive", running, statusError(exitInactive), 3},
		{"no such app", running, &noSuchApp{"x", ""}, 4},
		{"no such app, wrapped", running, hint.With(&noSuchApp{"x", ""}, "do this"), 4},
		{"no such site", running, &noSuchSite{"x", ""}, 4},
		{"not published", running, (&siteChange{found: &standing{Publication: pending}}).err(), 5},
		{"published", running, (&siteChange{found: &standing{Publication: webserver.Published}}).err(), 0},
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

func TestHintsOfErrors(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{usage("form", "x"), "form"},
		{&noSuchApp{"x", "near"}, "near"},
		{&noSuchSite{"x", "near"}, "near"},
		{hint.With(usage("form", "x"), "outer"), "outer"},
	} {
		if got := hint.Of(test.err); got != test.want {
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
