package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

func (c *command) exec(flags *cli.Context) error {
	const form = "ecounit exec [APP] -- COMMAND [ARGUMENT…]"
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
	l, err := c.load(h, app)
	if err != nil {
		return err
	}
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	environment, err := c.environment(ctx, h, l.plan, l.plan.Services[0])
	if err != nil {
		return err
	}
	program, err := h.findProgram(l.plan.Directory, argv[0], environment)
	if err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "cd %s\n%s\n", shellWords([]string{l.plan.Directory}), shellWords(append([]string{program}, argv[1:]...)))
		return nil
	}
	return c.become(l.plan.Directory, append([]string{program}, argv[1:]...), environment, nil)
}

// findProgram looks a command up on the app's PATH, not on the shell's.
func (h *host) findProgram(directory, name string, environment []string) (string, error) {
	if strings.ContainsRune(name, '/') {
		if !filepath.IsAbs(name) {
			name = filepath.Join(directory, name)
		}
		return name, nil
	}
	for _, assignment := range environment {
		search, isPath := strings.CutPrefix(assignment, "PATH=")
		if !isPath {
			continue
		}
		if program := h.LookUp(name, filepath.SplitList(search)); program != "" {
			return program, nil
		}
		return "", withHint(fmt.Errorf("there is no program %s in %s", name, search), "write its path")
	}
	return "", fmt.Errorf("there is no program %s: the app has no PATH", name)
}
