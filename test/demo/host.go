package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"ecounit/test/machine"
)

// demo is the story and the host on which it takes place.
type demo struct {
	story
	sources string // folder of this module
	suite   machine.Suite
	host    *machine.Machine
	// A terminal at which nobody types: at the end of its input, script would
	// type ^D.
	typed, keyboard *os.File
}

const (
	app     = "flasktasks"
	site    = "https://" + machine.HostName
	address = site + "/alice_" + app + "/"
)

var (
	root    = actor{"root", "/root", "root@eco:~# "}
	alice   = actor{"alice", "/home/alice", "alice@eco:~$ "}
	inApp   = actor{"alice", "/home/alice/flask-tasks", "alice@eco:~/flask-tasks$ "}
	bob     = actor{"bob", "/home/bob", "bob@eco:~$ "}
	inChat  = actor{"bob", "/home/bob/asgi-chat", "bob@eco:~/asgi-chat$ "}
	visitor = actor{"nobody", "/", "visitor$ "}
)

func (d *demo) open() error {
	typed, keyboard, err := os.Pipe()
	d.typed, d.keyboard = typed, keyboard
	return err
}

func (d *demo) close() {
	d.typed.Close()
	d.keyboard.Close()
}

// remote is the shell on the host. Commands run on a pseudo terminal, so that
// they look as they do for a person.
func (d *demo) remote(ctx context.Context, who actor, command string, out io.Writer) (int, error) {
	user := d.host.As(who.user).WithManager().Dir(who.dir).Stdin(d.typed).Stdout(out, out).
		Env("TERM=xterm-256color", "SHELL=/bin/bash", "SYSTEMD_PAGER=cat")
	p, err := user.Start(ctx, "script", "--quiet", "--return", "--command", command, "/dev/null")
	if err != nil {
		return 0, err
	}
	result, err := p.Wait()
	return result.Code, err
}

// on lets somebody type a command on the host.
func (d *demo) on(ctx context.Context, who actor, command string, expectations ...expectation) (string, error) {
	return d.types(ctx, d.remote, who, command, expectations...)
}

// line is one command of several.
type line struct {
	who     actor
	command string
	expect  []expectation
}

func (d *demo) all(ctx context.Context, lines ...line) error {
	for _, l := range lines {
		if _, err := d.on(ctx, l.who, l.command, l.expect...); err != nil {
			return err
		}
	}
	return nil
}

// quietly runs a command that is not part of the story.
func (d *demo) quietly(ctx context.Context, user, command string) (string, error) {
	text, err := d.host.As(user).WithManager().Output(ctx, "sh", "-c", command)
	return strings.TrimSpace(text), err
}

// mainPID is the process id of the app's main process, 0 while there is none.
func (d *demo) mainPID(ctx context.Context) (string, error) {
	return d.quietly(ctx, alice.user, "systemctl --user show --property MainPID --value "+app+".service")
}

var errNotYet = errors.New("not yet")

// until repeats a check that says errNotYet.
func until(ctx context.Context, most time.Duration, what string, check func() error) error {
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		err := check()
		if !errors.Is(err, errNotYet) {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if time.Since(begin) > most {
			return fmt.Errorf("after %s %s", most, what)
		}
	}
}
