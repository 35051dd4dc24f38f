package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/imports"
	"ecounit/internal/terminal"
	"ecounit/migrate"
	"ecounit/report"
)

// importCommands are the places that apps can come from.
func (c *command) importCommands() []*cli.Command {
	json := toggle("json", "", "print JSON for programs")
	flags := func() []cli.Flag {
		return []cli.Flag{
			&cli.StringFlag{Name: "apache", Usage: "take the URL paths of the apps from Apache's configuration `FILE`"},
			toggle("accept-losses", "", "write the descriptors although lines have no equivalent"),
			toggle("dry-run", "n", "only show what would be written"),
			json,
		}
	}
	const many = 1000 // a shell makes them of a pattern
	return []*cli.Command{
		{
			Name: "supervisor", Usage: "take over the programs of a supervisord.conf", ArgsUsage: "FILE...",
			Action: operands(1, many, c.importSupervisor), Flags: flags(),
		},
		{
			Name: "crontab", Usage: "take over the jobs of your crontab", ArgsUsage: "[FILE|-]",
			Action: operands(0, 1, c.importCrontab), Flags: flags(),
		},
		{
			Name: "procfile", Usage: "take over the processes of a Procfile", ArgsUsage: "[FILE]",
			Action: operands(0, 1, c.importProcfile), Flags: flags(),
		},
		{
			Name: "apache", Usage: "find the URL paths of apps that you have in Apache's configuration", ArgsUsage: "FILE...",
			Action: operands(1, many, c.importApache), Flags: []cli.Flag{toggle("accept-losses", "", "exit with 0 although lines have no equivalent"), json},
		},
	}
}

func (c *command) importSupervisor(ctx context.Context, files []string, flags *cli.Context) error {
	return c.importOld(ctx, flags, func(o imports.Reader) (migrate.Result, error) {
		var all migrate.Result
		for _, file := range files {
			one, err := o.Beside(all.Apps).Supervisor(ctx, []string{file}, o.StartedIn(ctx, file))
			if err != nil {
				return migrate.Result{}, err
			}
			all.Apps = append(all.Apps, one.Apps...)
			all.Report.Merge(one.Report)
		}
		o.Place(all.Apps)
		return all, nil
	})
}

func (c *command) importCrontab(ctx context.Context, words []string, flags *cli.Context) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	name, text, err := c.reader(h).CrontabText(ctx, first(words))
	if err != nil {
		return err
	}
	return c.importOld(ctx, flags, func(o imports.Reader) (migrate.Result, error) {
		return o.CrontabOf(name, text, nil).Result, nil
	})
}

func (c *command) importProcfile(ctx context.Context, words []string, flags *cli.Context) error {
	file := first(words)
	if file == "" {
		file = "Procfile"
	}
	return c.importOld(ctx, flags, func(o imports.Reader) (migrate.Result, error) { return o.Procfile(file) })
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// importOld writes what was read, and says what became of every line. Where a
// line has no equivalent nothing is written before that is accepted: an app
// that lacks something is worse than the old one, which still runs.
func (c *command) importOld(ctx context.Context, flags *cli.Context, read func(imports.Reader) (migrate.Result, error)) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	in, err := c.readNamed(h, func(o imports.Reader) (migrate.Result, error) {
		result, err := read(o)
		if file := flags.String("apache"); err == nil && file != "" {
			var paths report.Report
			paths, err = o.Apache(file, result.Apps)
			result.Report.Merge(paths)
		}
		return result, err
	})
	if err != nil {
		return err
	}
	w, err := c.toWrite(in.Apps)
	if err != nil {
		return err
	}
	problem := w.problem(c)
	if refused := c.refusal(in.Report, flags); refused != nil {
		problem = refused
	}
	dryRun := flags.Bool("dry-run")
	if problem == nil && !dryRun {
		if problem = w.write(c); problem == nil {
			w.markWritten()
		}
	}
	if flags.Bool("json") {
		return cmp.Or(c.JSON(w.document(in.Report, problem == nil)), problem)
	}
	c.verdicts(in.Report)
	for _, note := range in.notes {
		c.Line(terminal.Attention, "name", note)
	}
	if dryRun {
		c.Data(w.texts(c))
	} else if problem == nil {
		c.imported(ctx, h, w)
	}
	return problem
}

// refusal is why nothing may be written, as far as the old files are the
// reason.
func (c *command) refusal(r report.Report, flags *cli.Context) error {
	lost := countLines(r).Lost
	switch {
	case r.HasErrors():
		return errors.New("nothing was written: the old program would refuse its configuration, too")
	case lost == 0 || flags.Bool("accept-losses"):
		return nil
	case lost == 1:
		return hint.With(errors.New("nothing was written: one line has no equivalent"), "read what is said about it, then type: %s", c.accepting())
	}
	return hint.With(fmt.Errorf("nothing was written: %d lines have no equivalent", lost), "read what is said about them, then type: %s", c.accepting())
}

// accepting is the command as it was typed, with the flag.
func (c *command) accepting() string {
	words := c.words
	for i, word := range words {
		if word == "--" {
			return "ecounit " + terminal.ShellWords(append(append(append([]string{}, words[:i]...), "--accept-losses"), words[i:]...)...)
		}
	}
	return "ecounit " + terminal.ShellWords(append(append([]string{}, words...), "--accept-losses")...)
}
