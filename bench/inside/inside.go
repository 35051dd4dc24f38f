// Package inside is the part of the benchmark that runs within the machine:
// what it times is not delayed by the way in. Each of its verbs reads one JSON
// document and writes another.
package inside

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Main runs a verb and returns the exit code.
func Main(ctx context.Context, words []string) int {
	if err := run(ctx, words); err != nil {
		fmt.Fprintln(os.Stderr, "inside:", err)
		return 1
	}
	return 0
}

func run(ctx context.Context, words []string) error {
	if len(words) == 0 {
		return fmt.Errorf("no verb is given")
	}
	switch words[0] {
	case "time":
		return answer(ctx, Time)
	case "rate":
		return answer(ctx, Rate)
	case "lose":
		return answer(ctx, Lose)
	case "processes":
		return answer(ctx, Processes)
	case "by-hand":
		return byHand(ctx, words[1:])
	case "republish":
		return republish(ctx, words[1:])
	case "serve":
		return serve(words[1:])
	}
	return fmt.Errorf("unknown verb %q", words[0])
}

func answer[Q, A any](ctx context.Context, verb func(context.Context, Q) (A, error)) error {
	var question Q
	if err := json.NewDecoder(os.Stdin).Decode(&question); err != nil {
		return err
	}
	a, err := verb(ctx, question)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(a)
}

// Command is something that a user of the machine types.
type Command struct {
	User string
	Dir  string // default: the home directory
	Argv []string
}

// run runs the command, which has to succeed, and returns how long it took
// from fork to exit. It goes through no shell.
func (c Command) run(ctx context.Context) (time.Duration, error) {
	cmd, err := c.prepare(ctx)
	if err != nil {
		return 0, err
	}
	// Into memory: a pipe would have to be read meanwhile.
	fd, err := unix.MemfdCreate("said", unix.MFD_CLOEXEC)
	if err != nil {
		return 0, err
	}
	said := os.NewFile(uintptr(fd), "said")
	defer said.Close()
	cmd.Stdout, cmd.Stderr = said, said
	begin := time.Now()
	err = cmd.Run()
	took := time.Since(begin)
	if err != nil {
		text := make([]byte, 2000)
		n, _ := said.ReadAt(text, 0)
		return took, fmt.Errorf("%s, as %s: %w: %s", strings.Join(c.Argv, " "), c.User, err, strings.TrimSpace(string(text[:n])))
	}
	return took, nil
}

func (c Command) prepare(ctx context.Context) (*exec.Cmd, error) {
	who, err := user.Lookup(c.User)
	if err != nil {
		return nil, err
	}
	uid, errUID := strconv.Atoi(who.Uid)
	gid, errGID := strconv.Atoi(who.Gid)
	if errUID != nil || errGID != nil {
		return nil, fmt.Errorf("user %s has no numbers", c.User)
	}
	cmd := exec.CommandContext(ctx, c.Argv[0], c.Argv[1:]...)
	cmd.Dir = c.Dir
	if cmd.Dir == "" {
		cmd.Dir = who.HomeDir
	}
	cmd.Env = []string{
		"HOME=" + who.HomeDir, "USER=" + c.User, "LOGNAME=" + c.User, "SHELL=/bin/bash", "LANG=C.UTF-8",
		"PATH=/usr/local/bin:/usr/bin:/bin", "XDG_RUNTIME_DIR=/run/user/" + who.Uid,
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return cmd, nil
}

// script is a command of the user's shell.
func script(user, text string) Command {
	return Command{User: user, Argv: []string{"/bin/sh", "-euc", text}}
}
