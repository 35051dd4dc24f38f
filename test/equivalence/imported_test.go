//go:build machine

package equivalence

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// imported is an account whose file ecounit has taken over. It enables every
// so-manieth app.
type imported struct {
	account
	number int
	report string
	apps   []app
}

// app is a descriptor.
type app struct{ name, file string }

func newImported(h *scene.Host, config string, number int) *imported {
	return &imported{account: newAccount(h, fmt.Sprintf("newuser%d", number), config), number: number}
}

func (i *imported) start() {
	if i.number == 0 {
		if r := i.importFile(); r.Code != 1 || !strings.Contains(r.Stderr, "nothing was written") {
			i.Host.T.Errorf("losses were not to be accepted: %+v", r)
		}
	}
	r := i.importFile("--accept-losses")
	if r.Code != 0 {
		i.Host.T.Errorf("import: %+v", r)
		return
	}
	i.report = r.Stderr
	written := i.Sh(`find base ecounit -name '*.toml' | sort | xargs sed -ns 's/^name = "\(.*\)"/\1/p;T;F'`)
	for n, pair := range slices.Collect(slices.Chunk(strings.Fields(written), 2)) {
		if n%users == i.number {
			i.apps = append(i.apps, app{pair[0], pair[1]})
		}
	}
	for _, app := range i.apps {
		if app.name != "asleep" {
			i.OK("enable", "./"+app.file)
		}
	}
}

func (i *imported) importFile(flags ...string) machine.Result {
	r, err := i.Env(started).Exec(i.Host.T.Context(), slices.Concat([]string{"ecounit", "import", "supervisor", "supervisord.conf"}, flags)...)
	if err != nil {
		i.Host.T.Error(err)
	}
	return r
}

// look asks for the units that run our programs.
func (i *imported) look() {
	const script = `systemctl --user show --all -p ActiveState,ExecStart '*.service'`
	for unit := range strings.SplitSeq(i.Sh(script), "\n\n") {
		found := program.FindStringSubmatch(unit)
		if found == nil {
			continue
		}
		i.states[found[1]] = stateOf(unit + "\n")
	}
}

var program = regexp.MustCompile(`ExecStart=.*argv\[\]=[^;]*/(?:probe|quick) ([^ ;]+)`)

// stateOf is the state that supervisor would call so.
func stateOf(unit string) string {
	switch {
	case strings.Contains(unit, "ActiveState=active\n"):
		return "RUNNING"
	case strings.Contains(unit, "ActiveState=activating\n"):
		return "BACKOFF"
	}
	return ended
}

func (i *imported) startAgain() {
	for _, app := range i.apps {
		switch app.name {
		case "asleep":
			i.OK("enable", "./"+app.file)
		case "again":
			i.OK("restart", app.name)
		case "short", "at-once":
			i.Run("start", app.name) // and ends at once
		}
	}
}

func (i *imported) stop() {
	failed := i.failed()
	for _, app := range i.apps {
		i.OK("stop", app.name)
	}
	for name := range i.failed() {
		if !failed[name] {
			i.states[name] += ", failed by the stop"
		}
	}
}

func (i *imported) failed() map[string]bool {
	failed := map[string]bool{}
	for unit := range strings.SplitSeq(i.Sh(`systemctl --user show --all -p ActiveState,ExecStart '*.service'`), "\n\n") {
		if found := program.FindStringSubmatch(unit); found != nil && strings.Contains(unit, "ActiveState=failed") {
			failed[found[1]] = true
		}
	}
	return failed
}
