package cli

import (
	"github.com/urfave/cli/v2"
)

// commands are the verbs in the order of the help text: as one meets them.
func (c *command) commands() []*cli.Command {
	const oneApp = "[APP]"
	var (
		json   = toggle("json", "", "print JSON for programs")
		dryRun = toggle("dry-run", "n", "only show what would be done")
	)
	return []*cli.Command{
		{
			Name: "init", Usage: "write an ecounit.toml for the app in a folder", ArgsUsage: "[FOLDER]",
			Action: action(c.init), Flags: []cli.Flag{dryRun},
		},
		{
			Name: "check", Usage: "say everything that is wrong with an ecounit.toml", ArgsUsage: oneApp,
			Action: action(c.check), Flags: []cli.Flag{json},
		},
		{
			Name: "show", Usage: "show the plan, the unit files or the Apache include of an app", ArgsUsage: oneApp,
			Action: action(c.show), Flags: []cli.Flag{
				toggle("units", "", "show the unit files"),
				toggle("apache", "", "show the Apache include"),
				&cli.StringFlag{Name: "apache-version", Usage: "show the include for httpd `VERSION`, as in 2.4.37"},
				json,
			},
		},
		{
			Name: "diff", Usage: "show what enable would change", ArgsUsage: oneApp,
			Action: action(c.diff), Flags: []cli.Flag{json},
		},
		{
			Name: "enable", Usage: "bring an app up, now and at every boot, and after each change of its ecounit.toml", ArgsUsage: oneApp,
			Action: action(c.enable), Flags: []cli.Flag{
				dryRun, toggle("force", "", "also overwrite unit files that were edited by hand"), json,
			},
		},
		{
			Name: "disable", Usage: "stop an app and remove everything that enable made", ArgsUsage: oneApp,
			Action: action(c.disable), Flags: []cli.Flag{
				dryRun, toggle("force", "", "also remove unit files that were edited by hand"),
				toggle("release", "", "also give up its path, which stays reserved for you otherwise"),
				&cli.StringFlag{Name: "linger", Usage: "leave lingering `on|off`; it stays on where another app needs it", DefaultText: "on"},
				json,
			},
		},
		{Name: "start", Usage: "start an app that is enabled", ArgsUsage: oneApp, Action: action(c.start), Flags: []cli.Flag{dryRun}},
		{Name: "stop", Usage: "stop an app until it is started or the host boots", ArgsUsage: oneApp, Action: action(c.stop), Flags: []cli.Flag{dryRun}},
		{Name: "restart", Usage: "restart an app, as after a change of its code", ArgsUsage: oneApp, Action: action(c.restart), Flags: []cli.Flag{dryRun}},
		{Name: "reload", Usage: "have an app take up new code without a restart, where its server can", ArgsUsage: oneApp, Action: action(c.reload), Flags: []cli.Flag{dryRun}},
		{Name: "status", Usage: "show how an app is, from its address to its last error", ArgsUsage: oneApp, Action: action(c.status), Flags: []cli.Flag{json}},
		{Name: "list", Usage: "list your apps", Action: action(c.list), Flags: []cli.Flag{json}},
		{
			Name: "logs", Usage: "show what an app printed", ArgsUsage: oneApp,
			Action: action(c.logs), Flags: []cli.Flag{
				toggle("follow", "f", "go on with new lines"),
				&cli.IntFlag{Name: "lines", Aliases: []string{"n"}, Usage: "the last `N` lines", Value: 50},
				&cli.StringFlag{Name: "since", Usage: "only lines since `TIME`, as in \"1 hour ago\" or \"2026-11-23 09:00\""},
				&cli.StringFlag{Name: "process", Aliases: []string{"p"}, Usage: "only lines of the process `NAME`"},
				json,
			},
		},
		{
			Name: "jobs", Usage: "list the jobs of an app, or of all: how the last run went, and when the next one is", ArgsUsage: oneApp,
			Action: action(c.jobs), Flags: []cli.Flag{json}, Subcommands: c.jobsCommands(),
		},
		{Name: "cat", Usage: "print the unit files of an app as they are on disk", ArgsUsage: oneApp, Action: action(c.cat), Flags: []cli.Flag{json}},
		{
			Name: "run", Usage: "run an app in this terminal, beside the one that is enabled", ArgsUsage: oneApp,
			Action: action(c.runHere), Flags: []cli.Flag{
				&cli.IntFlag{Name: "port", Usage: "listen on `PORT` of 127.0.0.1", DefaultText: "any free one"},
				&cli.StringFlag{Name: "module", Usage: "serve `MODULE:CALLABLE` instead"},
				&cli.StringFlag{Name: "process", Aliases: []string{"p"}, Usage: "run the process `NAME` instead of the web process"},
				dryRun,
			},
		},
		{
			Name: "exec", Usage: "run a command in the folder and environment of an app",
			UsageText: "ecounit exec [APP] [OPTIONS] -- COMMAND [ARGUMENT...]", Action: c.exec, Flags: []cli.Flag{dryRun},
		},
		{
			Name: "serve", Usage: "serve the files of a folder: what init writes for pages without an app", ArgsUsage: "[FOLDER]", Action: operands(0, 1, c.serve),
			Flags: []cli.Flag{&cli.IntFlag{Name: "fd", Usage: "listen on the socket `FD` that systemd passes", DefaultText: "none"}},
		},
		{
			Name: "passwd", Usage: "let somebody in to an app with auth = \"basic\"", ArgsUsage: "[APP] NAME", Action: operands(0, 2, c.passwd),
			Flags: []cli.Flag{
				toggle("delete", "", "let them in no longer"),
				toggle("list", "", "list who is let in"),
				dryRun, json,
			},
		},
		{
			Name: "db", Usage: "look after the database of an app", ArgsUsage: "COMMAND", Action: c.group,
			Subcommands: c.dbCommands(),
		},
		{
			Name: "import", Usage: "make apps of what supervisor, cron, a Procfile or Apache run now", ArgsUsage: "COMMAND", Action: c.group,
			Subcommands: c.importCommands(),
		},
		{
			Name: "migrate", Usage: "move what supervisor and cron run to ecounit, app by app", ArgsUsage: "[APP...]",
			Action: operands(0, 1000, c.migrate), Flags: []cli.Flag{
				toggle("undo", "", "bring everything back as it was"),
				toggle("accept-losses", "", "go on although not everything has an equivalent"),
				dryRun, json,
			},
		},
		{
			Name: "watch", Usage: "what the units of [watch] run", ArgsUsage: "COMMAND", Hidden: true, Action: c.group,
			Subcommands: c.watchCommands(),
		},
		{
			Name: "host", Usage: "administer the sites of all users", ArgsUsage: "COMMAND", Action: c.group,
			Subcommands: c.hostCommands(),
		},
		{Name: "notice", Usage: "tell of failures", ArgsUsage: "COMMAND", Hidden: true, Subcommands: c.noticeCommands()},
		{Name: "version", Usage: "print the version", Action: action(c.version), Flags: []cli.Flag{json}},
		{Name: "help", Usage: "show help", ArgsUsage: "[COMMAND]", Action: c.help},
	}
}

// toggle is an option without a value.
func toggle(name, letter, text string) cli.Flag {
	f := &cli.BoolFlag{Name: name, Usage: text, DisableDefaultText: true}
	if letter != "" {
		f.Aliases = []string{letter}
	}
	return f
}
