package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// needed are the Debian packages for making a host and the packages, by a
// program of each.
var needed = []struct{ program, name string }{
	{"make", "make"},
	{"mmdebstrap", "mmdebstrap"},
	{"systemd-nspawn", "systemd-container"},
	{"rpm", "rpm"}, // rpmlint calls it
	{"rpmlint", "rpmlint"},
	{"lintian", "lintian"},
	{"nsenter", "util-linux"},
}

// prepare makes this machine ready, and makes the package unless there is one.
func (d *demo) prepare(ctx context.Context, deb *string) error {
	if os.Geteuid() != 0 {
		return errors.New("only root can boot a host: sudo go run ./test/demo")
	}
	gomod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return fmt.Errorf("cannot find the sources: %w", err)
	}
	d.sources = filepath.Dir(strings.TrimSpace(string(gomod)))
	if _, err := os.Stat(filepath.Join(d.sources, "test/demo")); err != nil {
		return errors.New("cannot find the sources: this is not their folder")
	}
	here := actor{user: "root", dir: d.sources, prompt: "# "}
	if missing := missing(); len(missing) > 0 {
		d.say("This machine lacks what makes the host and the packages.")
		install := "apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends " + strings.Join(missing, " ")
		if _, err := d.types(ctx, local, here, install); err != nil {
			return err
		}
	}
	if *deb != "" {
		return nil
	}
	d.say("The packages are made from the sources.")
	if _, err := d.types(ctx, local, here, "make packages", says(".deb", ".rpm")); err != nil {
		return err
	}
	made, _ := filepath.Glob(filepath.Join(d.sources, "dist/*.deb"))
	if len(made) != 1 {
		return fmt.Errorf("make packages left %d files dist/*.deb instead of one", len(made))
	}
	*deb = made[0]
	return nil
}

func missing() []string {
	var names []string
	for _, n := range needed {
		if _, err := exec.LookPath(n.program); err != nil {
			names = append(names, n.name)
		}
	}
	return names
}

// local is the shell of this machine.
func local(ctx context.Context, who actor, command string, out io.Writer) (int, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Dir, cmd.Stdout, cmd.Stderr = who.dir, out, out
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
