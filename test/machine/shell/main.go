// Command shell boots a throwaway Debian host and gives a shell in it, or runs
// one command. The host is removed at the end.
//
//	go run ./test/machine/shell -user bob -copy bin/ecounit:/usr/local/bin/ecounit
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"ecounit/test/machine"
)

func main() {
	// The first signal ends the shell and removes the host.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "shell:", err)
	}
	os.Exit(code)
}

// request is what the command line asks for.
type request struct {
	suite   string
	user    string
	copies  []string
	command []string
}

func parse(args []string) (request, error) {
	var r request
	set := flag.NewFlagSet("shell", flag.ContinueOnError)
	set.StringVar(&r.suite, "suite", string(machine.Bookworm), "Debian release: bullseye, bookworm or trixie")
	set.StringVar(&r.user, "user", "root", "whom to be; made when missing")
	set.Func("copy", "`hostfile:guestpath` to copy in, any number of times", func(value string) error {
		if !strings.Contains(value, ":") {
			return fmt.Errorf("want hostfile:guestpath")
		}
		r.copies = append(r.copies, value)
		return nil
	})
	err := set.Parse(args)
	r.command = set.Args()
	return r, err
}

func run(ctx context.Context, args []string) (code int, err error) {
	want, err := parse(args)
	if err != nil {
		return 2, nil // the flag package has said it
	}
	fmt.Fprintf(os.Stderr, "booting %s (the first time its root is built, which takes a minute)\n", want.suite)
	host, err := machine.Boot(ctx, machine.Options{Suite: machine.Suite(want.suite)})
	if err != nil {
		return 1, err
	}
	defer func() {
		if removeErr := host.Remove(context.WithoutCancel(ctx)); removeErr != nil && err == nil {
			code, err = 1, removeErr
		}
	}()
	if err := prepare(ctx, host, want); err != nil {
		return 1, err
	}
	return login(ctx, host, want)
}

func prepare(ctx context.Context, host *machine.Machine, want request) error {
	if known, err := host.Exec(ctx, "id", "--", want.user); err != nil {
		return err
	} else if known.Code != 0 {
		if err := host.AddUser(ctx, want.user); err != nil {
			return err
		}
	}
	for _, pair := range want.copies {
		from, to, _ := strings.Cut(pair, ":")
		info, err := os.Stat(from)
		if err != nil {
			return err
		}
		if strings.HasSuffix(to, "/") {
			to += filepath.Base(from)
		}
		if info.IsDir() {
			err = host.CopyDir(ctx, from, to, want.user)
		} else {
			err = host.CopyIn(ctx, from, to, want.user, info.Mode())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// login runs the shell or the command in a login session, as ssh would give,
// on a terminal of the machine's own when this command has one.
func login(ctx context.Context, host *machine.Machine, want request) (int, error) {
	su := []string{"su", "--login", want.user}
	if terminal, err := unix.IoctlGetTermios(int(os.Stdin.Fd()), unix.TCGETS); err == nil {
		su = append(su, "--pty")
		defer func() { _ = unix.IoctlSetTermios(int(os.Stdin.Fd()), unix.TCSETS, terminal) }()
	}
	if len(want.command) > 0 {
		su = append(su, "--command", quote(want.command))
	}
	session, err := host.As("root").Env("TERM="+os.Getenv("TERM")).
		Stdin(os.Stdin).Stdout(os.Stdout, os.Stderr).Start(ctx, su...)
	if err != nil {
		return 1, err
	}
	result, err := session.Wait()
	if ctx.Err() != nil {
		return 130, nil // interrupted
	}
	return result.Code, err
}

// quote makes one shell command of words.
func quote(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return strings.Join(quoted, " ")
}
