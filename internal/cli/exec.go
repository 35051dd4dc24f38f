package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/plan"
	"ecounit/report"
)

func (c *command) exec(flags *cli.Context) error {
	form := flags.Command.UsageText
	words := flags.Args().Slice()
	dash := slices.Index(words, "--")
	switch {
	case dash < 0:
		return usage(form, "exec needs -- in front of the command")
	case dash > 1:
		return usage(form, "exec takes one app before --, got %d words", dash)
	case dash == len(words)-1:
		return usage(form, "exec needs a command after --")
	}
	app, argv := strings.Join(words[:dash], ""), words[dash+1:]
	ctx := flags.Context
	h, err := c.connectIfPossible(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	l, err := c.load(ctx, h, app)
	if err != nil {
		return err
	}
	l.forgiveServers()
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	environment, err := c.environment(ctx, h, l.plan, exemplary(l.plan))
	if err != nil {
		return err
	}
	path, err := h.findProgram(l, argv[0], environment)
	if err != nil {
		return err
	}
	if !flags.Bool("dry-run") {
		if err := l.database.keepPassword(); err != nil {
			return err
		}
	}
	p := program{l.plan.Directory, append([]string{path}, argv[1:]...), environment}
	if flags.Bool("dry-run") {
		c.showProgram(p)
		return nil
	}
	return p.become()
}

// exemplary is the process whose variables a command of the user's own has.
func exemplary(p *plan.Plan) plan.Service {
	if len(p.Services) > 0 {
		return p.Services[0]
	}
	return plan.Service{Environment: p.Jobs[0].Inherited}
}

// forgiveServers takes out of the report what concerns the app's own processes
// alone, such as a server that is not installed: exec may be there to install
// it.
func (l *loaded) forgiveServers() {
	if l.plan == nil {
		return
	}
	var kept report.Report
	for _, e := range l.report.Entries() {
		table, _, _ := strings.Cut(e.Key, ".")
		if table != "web" && table != "process" && table != "job" {
			kept.Add(e)
		}
	}
	l.report = kept
}

// findProgram looks a command up on the app's PATH, not on the shell's. As in
// the descriptor, python is the app's own, whatever it is called.
func (h *home) findProgram(l *loaded, name string, environment []string) (string, error) {
	switch {
	case filepath.IsAbs(name):
		return name, nil
	case strings.ContainsRune(name, '/'):
		return filepath.Join(l.plan.Directory, name), nil
	case l.python != nil && l.python.Problem == "" && (name == "python" || name == "python3"):
		return l.python.Path, nil
	}
	for _, assignment := range environment {
		search, isPath := strings.CutPrefix(assignment, "PATH=")
		if !isPath {
			continue
		}
		if path := h.LookUp(name, filepath.SplitList(search)); path != "" {
			return path, nil
		}
		return "", hint.With(fmt.Errorf("there is no program %s in %s", name, search), "write its path")
	}
	return "", fmt.Errorf("there is no program %s: the app has no PATH", name)
}
