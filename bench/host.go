package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ecounit/test/machine"
)

// bench is the host and what was made for it.
type bench struct {
	progress  func(what string)
	sources   string // folder of this module
	temporary string
	host      *machine.Machine
	ready     map[string]bool // what was set up
}

// program is where this program is inside the host.
const program = "/usr/local/bin/bench"

func (b *bench) open(ctx context.Context) (err error) {
	b.ready = map[string]bool{}
	gomod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("cannot find the sources: %w", err)
	}
	b.sources = filepath.Dir(strings.TrimSpace(string(gomod)))
	if b.temporary, err = os.MkdirTemp("", "ecounit-bench-"); err != nil {
		return err
	}
	if err := b.boot(ctx); err != nil {
		return errors.Join(err, b.close(ctx))
	}
	return nil
}

func (b *bench) boot(ctx context.Context) (err error) {
	ecounit, self := filepath.Join(b.temporary, "ecounit"), filepath.Join(b.temporary, "bench")
	// As packaging/build.sh does, but for the version.
	err = b.build(ctx, "-o", ecounit, "-tags", "urfave_cli_no_docs", "-ldflags", "-s -w -bindnow", "./cmd/ecounit")
	if err == nil {
		err = b.build(ctx, "-o", self, "./bench")
	}
	if err != nil {
		return err
	}
	if b.host, err = machine.Boot(ctx, machine.Options{Suite: machine.Bookworm, Durable: true}); err != nil {
		return err
	}
	err = b.host.CopyIn(ctx, ecounit, "/usr/bin/ecounit", "root", 0o755)
	return errors.Join(err, b.host.CopyIn(ctx, self, program, "root", 0o755))
}

func (b *bench) build(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "go", append([]string{"build", "-trimpath", "-buildvcs=false"}, args...)...)
	cmd.Dir = b.sources
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build: %w\n%s", err, out)
	}
	return nil
}

// close removes the host and all files, even after an interrupt.
func (b *bench) close(ctx context.Context) error {
	var err error
	if b.host != nil {
		err = b.host.Remove(context.WithoutCancel(ctx))
	}
	return errors.Join(err, os.RemoveAll(b.temporary))
}

// once sets something up that several measurements need.
func (b *bench) once(what string, setUp func() error) error {
	if b.ready[what] {
		return nil
	}
	if err := setUp(); err != nil {
		return fmt.Errorf("cannot set up %s: %w", what, err)
	}
	b.ready[what] = true
	return nil
}

// sh runs a script as a user of the host and returns what it printed.
func (b *bench) sh(ctx context.Context, user, script string) (string, error) {
	return b.host.As(user).WithManager().Output(ctx, "/bin/sh", "-euc", script)
}

// ask runs a verb of package inside.
func ask[A any](ctx context.Context, b *bench, verb string, question any) (A, error) {
	var answer A
	text, err := json.Marshal(question)
	if err != nil {
		return answer, err
	}
	said, err := b.host.As("root").Stdin(bytes.NewReader(text)).Output(ctx, program, "inside", verb)
	if err != nil {
		return answer, err
	}
	return answer, json.Unmarshal([]byte(said), &answer)
}

// user adds an ordinary user who lingers: enable is then compared with what
// can be done by hand without it.
func (b *bench) user(ctx context.Context, name string) error {
	if err := b.host.AddUser(ctx, name); err != nil {
		return err
	}
	return b.host.Linger(ctx, name)
}
