// Command demo tells the story of ecounit on a throwaway Debian host: an
// administrator installs the package, two ordinary users publish apps, one with
// a database, visitors reach them through Apache, and they survive restarts, a
// crash and a reboot.
//
//	go run ./test/demo -suite trixie
//
// It needs root on Debian and Go; what else is missing it installs. It stops
// with exit code 1 at the first thing that is not as it should be.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"ecounit/test/machine"
)

func main() {
	// The first signal ends the story and removes the host.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	err := run(ctx, os.Args[1:])
	interrupted := ctx.Err() != nil
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case interrupted:
		fmt.Fprintln(os.Stderr, "demo: interrupted")
		os.Exit(130)
	case err != nil:
		fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	set := flag.NewFlagSet("demo", flag.ContinueOnError)
	suite := set.String("suite", string(machine.Bookworm), "Debian release: bullseye, bookworm or trixie")
	deb := set.String("deb", "", "`file` of the package to install (default: what make packages gives)")
	if err := set.Parse(args); err != nil {
		return err
	}
	if !slices.Contains(machine.Suites(), machine.Suite(*suite)) {
		return fmt.Errorf("there is no suite %q", *suite)
	}
	d := &demo{story: story{out: os.Stdout, color: onTerminal(os.Stdout)}}
	if err := d.prepare(ctx, deb); err != nil {
		return err
	}
	begin := time.Now()
	if err := d.tell(ctx, machine.Suite(*suite), *deb); err != nil {
		return err
	}
	d.say("The end. Everything was as it should be, in %s from the boot of the host to its removal.", since(begin))
	return nil
}

// tell makes the host, tells the story on it, and removes the host even when
// the story was interrupted.
func (d *demo) tell(ctx context.Context, suite machine.Suite, deb string) (err error) {
	d.say("A host is made and boots: Debian %s, with Apache and nobody's apps on it. (The first time its root is built, which takes some minutes.)", suite)
	begin := time.Now()
	d.suite = suite
	if d.host, err = machine.Boot(ctx, machine.Options{Suite: suite}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.host.Remove(context.WithoutCancel(ctx))) }()
	d.remark("up after %s", since(begin))
	if err := d.open(); err != nil {
		return err
	}
	defer d.close()
	for _, chapter := range chapters {
		d.say("%s", chapter.title)
		if err := chapter.tell(d, ctx, deb); err != nil {
			return err
		}
	}
	return nil
}

func since(begin time.Time) string {
	return fmt.Sprintf("%.1f s", time.Since(begin).Seconds())
}

func onTerminal(f *os.File) bool {
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}
