// Command bench measures what ecounit costs, and compares it with the same
// done by hand and with supervisor, in one run on one throwaway Debian host.
//
//	go run ./bench
//	go run ./bench -run 'restart|status'
//
// It prints a table. Where two things are compared they take turns. Each figure
// is the median, with the middle half of its runs in brackets, and the ratio is
// the median of the ratios of the rounds. The exit code is 1 when a bar is
// missed. It writes nothing but the table; on a terminal it says what it does.
//
// What is compared:
//
//   - Commands are timed inside the host, from fork to exit, by a loop that
//     treats both sides alike. fsync reaches the disk.
//   - A new app is one of Flask behind gunicorn, and both sides end when it has
//     answered 200. An app without a web process could not be compared:
//     ecounit enable watches it for a second, and systemctl --user does not.
//   - "By hand" is a program that copies the very unit files that ecounit made,
//     runs systemctl --user daemon-reload and enable --now, and asks the app as
//     often as ecounit does.
//   - supervisor is Debian's, run by an ordinary user, with one program for each
//     app. Its app stands behind the ProxyPass line of the common guides.
//   - The rates are of the same gunicorn, reached over the same port or socket
//     through the include of ecounit and through a line written by hand.
//   - A publish is one call to the host service, until Apache answers with the
//     new configuration. It has a host of its own, with the package installed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"

	"ecounit/bench/inside"
)

// measurements are all there is to measure, in an order in which none disturbs
// the next.
var measurements = []struct {
	name    string
	measure func(b *bench, ctx context.Context) ([]row, error)
}{
	{"render", (*bench).rendering},
	{"unchanged", (*bench).unchanged},
	{"new", (*bench).newApp},
	{"restart", (*bench).restart},
	{"reloads", (*bench).reloads},
	{"rate", (*bench).rate},
	{"lost", (*bench).lost},
	{"status", (*bench).status},
	{"memory", (*bench).memory},
	{"publish", (*bench).publishing},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if len(os.Args) > 1 && os.Args[1] == "inside" {
		os.Exit(inside.Main(ctx, os.Args[2:]))
	}
	switch missed, err := run(ctx, os.Args[1:]); {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	case missed > 0:
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (missed int, err error) {
	set := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := set.String("run", "", "`regexp` of the measurements to make (default: all)")
	if err := set.Parse(args); err != nil {
		return 0, err
	}
	chosen, err := regexp.Compile(*only)
	if err != nil {
		return 0, err
	}
	b := &bench{progress: progress(os.Stderr)}
	load := loadAverage()
	b.progress("building and booting")
	if err := b.open(ctx); err != nil {
		return 0, err
	}
	defer func() {
		b.progress("")
		err = errors.Join(err, b.close(ctx))
	}()
	var rows []row
	for _, m := range measurements {
		if !chosen.MatchString(m.name) {
			continue
		}
		b.progress("measuring: " + m.name)
		more, err := m.measure(b, ctx)
		if err != nil {
			return 0, fmt.Errorf("cannot measure %s: %w", m.name, err)
		}
		rows = append(rows, more...)
	}
	b.progress("")
	return printTable(os.Stdout, caption(load), rows)
}
