package publish

import (
	"context"
	"fmt"
)

// notRunning is told apart from what is wrong: nothing has to be done about a
// site when the web server is stopped.
const notRunning = "the web server is not running: published when it starts"

// loading is how far the web server came with what is on the disk.
type loading struct {
	running bool
	loaded  bool
	reloads int
	waits   string
	crowded bool // it waits for processes to end
	undone  bool // the files before are back
}

// load has the web server take the files, which were tested. Where it has to
// wait they stay: whoever restarts the web server meanwhile gets what is wanted.
func (t *transaction) load(ctx context.Context, server Server) (loading, error) {
	var l loading
	var err error
	if l.running, err = server.Running(ctx); err != nil {
		l.waits = cannotAsk(err)
		return l, nil
	}
	if !l.running {
		l.waits = notRunning
		return l, nil
	}
	if l.waits, l.crowded = t.crowded(ctx, server); l.waits != "" {
		return l, nil
	}
	l.reloads++
	err = server.Reload(ctx)
	if err == nil {
		err = server.Probe(ctx, t.number)
	}
	if err == nil {
		l.loaded = true
		return l, nil
	}
	return t.withdraw(context.WithoutCancel(ctx), server, l, err)
}

func cannotAsk(err error) string {
	return oneLine(fmt.Sprintf("cannot find out whether the web server runs: %v", err))
}

// withdraw goes back to the files before, on the disk and in the web server.
func (t *transaction) withdraw(ctx context.Context, server Server, l loading, cause error) (loading, error) {
	l.undone = true
	l.waits = oneLine(fmt.Sprintf("the web server did not load the new configuration: %v", cause))
	if err := t.undo(); err != nil {
		return l, err
	}
	mistakes, err := server.Test(ctx)
	switch {
	case err != nil:
		l.waits = oneLine(fmt.Sprintf("%s; nor can the one before be tested: %v", l.waits, err))
		return l, nil
	case mistakes != "":
		l.waits += "; and now its configuration has a mistake that is not ecounit's: " + firstUseful(mistakes)
		return l, nil
	}
	l.reloads++
	if err := server.Reload(ctx); err != nil {
		l.waits = oneLine(fmt.Sprintf("%s; nor the one before: %v", l.waits, err))
		l.running, _ = server.Running(ctx) // unknown counts as stopped
		return l, nil
	}
	// Without a number on the disk there is nothing to ask for.
	l.loaded = t.s.stamp != nil && server.Probe(ctx, t.s.generation) == nil
	return l, nil
}
