package cli

import (
	"github.com/urfave/cli/v2"
)

// Flags that several commands have.
var (
	jsonFlag   = &cli.BoolFlag{Name: "json", Usage: "print JSON for programs"}
	dryRunFlag = &cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Usage: "only show what would be done"}
	forceFlag  = &cli.BoolFlag{Name: "force", Usage: "also overwrite generated files that were edited by hand"}
)

// commands are the verbs in the order of the help text: as one meets them.
func (c *command) commands() []*cli.Command {
	const oneApp = "[APP]"
	return []*cli.Command{
		{
			Name: "init", Usage: "write an ecounit.toml for the app in a folder", ArgsUsage: "[FOLDER]",
			Action: action(c.init), Flags: []cli.Flag{dryRunFlag},
		},
		{
			Name: "check", Usage: "say everything that is wrong with an ecounit.toml", ArgsUsage: oneApp,
			Action: action(c.check), Flags: []cli.Flag{jsonFlag},
		},
		{
			Name: "show", Usage: "show the plan, the unit files or the Apache include of an app", ArgsUsage: oneApp,
			Action: action(c.show), Flags: []cli.Flag{
				jsonFlag,
				&cli.BoolFlag{Name: "units", Usage: "show the unit files"},
				&cli.BoolFlag{Name: "apache", Usage: "show the Apache include"},
				&cli.StringFlag{Name: "apache-version", Usage: "render the include for this version of httpd, as in 2.4.37"},
			},
		},
		{
			Name: "diff", Usage: "show what enable would change", ArgsUsage: oneApp,
			Action: action(c.diff), Flags: []cli.Flag{jsonFlag},
		},
		{
			Name: "enable", Usage: "bring an app up, now and at every boot, and after each change of its ecounit.toml", ArgsUsage: oneApp,
			Action: action(c.enable), Flags: []cli.Flag{dryRunFlag, forceFlag, jsonFlag},
		},
		{
			Name: "disable", Usage: "stop an app and remove everything that enable made", ArgsUsage: oneApp,
			Action: action(c.disable), Flags: []cli.Flag{
				dryRunFlag, forceFlag, jsonFlag,
				&cli.StringFlag{Name: "linger", Usage: "off: also end lingering, if no other app needs it", DefaultText: "on"},
			},
		},
		{Name: "start", Usage: "start an app that is enabled", ArgsUsage: oneApp, Action: action(c.start), Flags: []cli.Flag{dryRunFlag}},
		{Name: "stop", Usage: "stop an app until it is started or the host boots", ArgsUsage: oneApp, Action: action(c.stop), Flags: []cli.Flag{dryRunFlag}},
		{Name: "restart", Usage: "restart an app, as after a change of its code", ArgsUsage: oneApp, Action: action(c.restart), Flags: []cli.Flag{dryRunFlag}},
		{Name: "reload", Usage: "have an app take up new code without a restart, where its server can", ArgsUsage: oneApp, Action: action(c.reload), Flags: []cli.Flag{dryRunFlag}},
		{Name: "status", Usage: "show how an app is, from its address to its last error", ArgsUsage: oneApp, Action: action(c.status), Flags: []cli.Flag{jsonFlag}},
		{Name: "list", Usage: "list your apps", ArgsUsage: " ", Action: action(c.list), Flags: []cli.Flag{jsonFlag}},
		{
			Name: "logs", Usage: "show what an app printed", ArgsUsage: oneApp,
			Action: action(c.logs), Flags: []cli.Flag{
				&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on with new lines"},
				&cli.IntFlag{Name: "lines", Aliases: []string{"n"}, Usage: "how many lines from the end", Value: 50},
				&cli.StringFlag{Name: "since", Usage: `only lines since a time, as in "1 hour ago" or "2026-11-23 09:00"`},
				&cli.StringFlag{Name: "process", Aliases: []string{"p"}, Usage: "only lines of this process"},
				jsonFlag,
			},
		},
		{Name: "cat", Usage: "print the unit files of an app as they are on disk", ArgsUsage: oneApp, Action: action(c.cat), Flags: []cli.Flag{jsonFlag}},
		{
			Name: "run", Usage: "run an app in this terminal, beside the one that is enabled", ArgsUsage: oneApp,
			Action: action(c.runHere), Flags: []cli.Flag{
				&cli.IntFlag{Name: "port", Usage: "listen on this port of 127.0.0.1", DefaultText: "any free one"},
				&cli.StringFlag{Name: "module", Usage: "serve this module:callable instead"},
				&cli.StringFlag{Name: "process", Aliases: []string{"p"}, Usage: "run this process instead of the web process"},
				dryRunFlag,
			},
		},
		{Name: "exec", Usage: "run a command in the folder and environment of an app", ArgsUsage: "[APP] -- COMMAND [ARGUMENT…]", Action: c.exec, Flags: []cli.Flag{dryRunFlag}},
		{Name: "version", Usage: "print the version", ArgsUsage: " ", Action: action(c.version), Flags: []cli.Flag{jsonFlag}},
	}
}
