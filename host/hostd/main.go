package hostd

import (
	"context"
	"fmt"
	"io"
	"os/signal"
	"syscall"

	"ecounit/host"
	"ecounit/host/policy"
)

// Where things are on a host.
const (
	outputDir = "/run/ecounit-hostd" // of the units that the service starts
	socketDir = "/run/ecounit"
)

// program is one run of ecounit-hostd, in one of its modes.
type program struct {
	store      host.Store
	policyFile string
	out, errs  io.Writer
}

// Main runs the service or, with words, one of the programs beside it:
//
//	boot                       at boot, before users' managers
//	sockets UID                makes a user's folder for sockets
//	probe generation-N|port-P  asks the web server, or who listens
//	describe                   has Apache describe its configuration
//	reconcile                  asks the service to reconcile
//	withdraw                   before the package goes: takes every site off the web server
func Main(ctx context.Context, words []string, out, errs io.Writer) int {
	// Caught until the process is gone. When the service gives back its name,
	// systemd sends a signal after it; were it ended by that at the last moment,
	// it would seem not to have come up yet and be started again.
	ctx, _ = signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	p := program{host.DefaultStore, policy.Path, out, errs}
	if len(words) > 0 {
		words = words[1:]
	}
	err := p.run(ctx, words)
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	return 0
}

func (p program) run(ctx context.Context, words []string) error {
	switch {
	case len(words) == 0:
		return p.serve(ctx)
	case len(words) == 1 && words[0] == "boot":
		return p.boot(ctx)
	case len(words) == 2 && words[0] == "sockets":
		return p.sockets(ctx, words[1])
	case len(words) == 2 && words[0] == "probe":
		return p.probe(ctx, words[1])
	case len(words) == 1 && words[0] == "describe":
		return p.describe()
	case len(words) == 1 && words[0] == "reconcile":
		return p.reconcile(ctx)
	case len(words) == 1 && words[0] == "withdraw":
		return p.withdraw(ctx)
	}
	return fmt.Errorf("cannot understand %q: systemd starts this program, see ecounit-hostd(8)", words)
}
