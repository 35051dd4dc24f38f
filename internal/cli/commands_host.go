package cli

import (
	"github.com/urfave/cli/v2"
)

// hostCommands are the verbs of administrators, in the order in which one
// meets them.
func (c *command) hostCommands() []*cli.Command {
	const site = "ID"
	var (
		json   = toggle("json", "", "print JSON for programs")
		dryRun = toggle("dry-run", "n", "only show what would be done")
	)
	return []*cli.Command{
		{
			Name: "setup", Usage: "let users publish their apps on this host", Action: operands(0, 0, c.hostSetup),
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "base-url", Usage: "tell users that their apps are below `URL`", DefaultText: "https:// and the name of the host"},
				dryRun,
			},
		},
		{
			Name: "check", Usage: "say what keeps apps from being published", Action: operands(0, 0, c.hostCheck),
			Flags: []cli.Flag{json},
		},
		{
			Name: "list", Usage: "list the sites of all users, and paths that were granted", Action: operands(0, 0, c.hostList),
			Flags: []cli.Flag{json},
		},
		{
			Name: "show", Usage: "show a site, or all that a user has", ArgsUsage: "ID|PATH|USER", Action: operands(1, 1, c.hostShow),
			Flags: []cli.Flag{json},
		},
		{
			Name: "approve", Usage: "have a site served that waits for it, or that was rejected", ArgsUsage: site, Action: operands(1, 1, c.hostApprove),
			Flags: []cli.Flag{dryRun, json},
		},
		{
			Name: "reject", Usage: "refuse a site, or take it off the web server", ArgsUsage: site, Action: operands(1, 1, c.hostReject),
			Flags: []cli.Flag{
				&cli.StringFlag{Name: "reason", Usage: "what its owner is told, as in \"not during the term\"", DefaultText: "needed"},
				dryRun, json,
			},
		},
		{
			Name: "grant", Usage: "give a user a path outside of their own", ArgsUsage: "USER PATH", Action: operands(2, 2, c.hostGrant),
			Flags: []cli.Flag{toggle("revoke", "", "take it back instead"), dryRun, json},
		},
		{
			Name: "evict", Usage: "remove a site for good, so that its path is free", ArgsUsage: site, Action: operands(1, 1, c.hostEvict),
			Flags: []cli.Flag{dryRun, json},
		},
		{
			Name: "who-has", Usage: "say whose a port, a path or a name is", ArgsUsage: "PORT|PATH|NAME", Action: operands(1, 1, c.hostWhoHas),
			Flags: []cli.Flag{json},
		},
		{
			Name: "db", Usage: "look after the databases of all users", ArgsUsage: "COMMAND", Action: c.group,
			Subcommands: c.hostDBCommands(),
		},
		{
			Name: "reconcile", Usage: "make the web server as the registry and the policy say", Action: operands(0, 0, c.hostReconcile),
			Flags: []cli.Flag{dryRun, json},
		},
	}
}
