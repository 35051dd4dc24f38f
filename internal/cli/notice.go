package cli

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/apply"
	"ecounit/dbusctl"
	"ecounit/internal/failures"
	"ecounit/internal/installed"
	"ecounit/notice"
	"ecounit/plan"
)

// noticeCommands are for the units of apps, which say what is to be told whom.
func (c *command) noticeCommands() []*cli.Command {
	return []*cli.Command{
		{
			Name: "ended", Usage: "note how a process ended", ArgsUsage: "APP UNIT", Hidden: true,
			Action: operands(2, 2, c.noticeEnded), Flags: []cli.Flag{&cli.StringFlag{Name: "home", Usage: "the user's `FOLDER`", Required: true}},
		},
		{
			Name: "send", Usage: "send the notice that is due", ArgsUsage: "APP PROCESS [COMMAND...]", Hidden: true,
			Action: operands(2, math.MaxInt, c.noticeSend), Flags: []cli.Flag{
				&cli.StringFlag{Name: "mail", Usage: "to this `ADDRESS`"},
				toggle("recovered", "", "also when it runs again"),
			},
		},
	}
}

// endedWithin bounds what every stop and restart of the app waits for.
const endedWithin = 5 * time.Second

// noticeEnded is what the services of an app run each time their process has
// ended. It is in no sandbox, so that it reaches the user's manager, but in the
// environment of the app: it runs no program, and leaves the notice itself to a
// unit that has nothing to do with the app's.
func (c *command) noticeEnded(ctx context.Context, words []string, flags *cli.Context) error {
	ctx, cancel := context.WithTimeout(ctx, endedWithin)
	defer cancel()
	app, unit := words[0], words[1]
	kept, process := failures.Of(c.uid, app), installed.ProcessName(app, unit)
	result := c.getenv("SERVICE_RESULT")
	failed := result != "success" && result != "exec-condition"
	if !failed && !kept.Any(process) {
		return nil
	}
	m, err := dbusctl.Connect(ctx, c.uid)
	if err != nil {
		return err
	}
	defer m.Close()
	end, err := m.Ending(ctx, unit)
	if err != nil || end.Asked {
		return err
	}
	if end.OneShot {
		process, _, _ = strings.Cut(process, "@") // runs that overlap are instances
		end.Reason = ofJob(end.Reason)
	}
	before, err := kept.Episode(process)
	if err != nil {
		return err
	}
	if !failed {
		if !end.OneShot || before == nil || !before.Succeeded.IsZero() {
			return nil
		}
		before.Succeeded = time.Now()
		if err := kept.Write(process, before); err != nil {
			return err
		}
		return m.Begin(ctx, plan.NoticeOf(app, process)+".service")
	}
	// Whoever makes the change is told of it, and sees it undone.
	if (apply.Places{Home: flags.String("home")}).Changing(app) {
		return nil
	}
	episode, begins := notice.After(before, unit, end.OneShot, notice.End{
		At: time.Now(), Ran: end.Ran, Reason: end.Reason,
		Result: result, ExitCode: c.getenv("EXIT_CODE"), ExitStatus: c.getenv("EXIT_STATUS"),
	})
	// Were it not kept, there would be a notice of each failure.
	if err := kept.Write(process, &episode); err != nil || !begins {
		return err
	}
	return m.Begin(ctx, plan.NoticeOf(app, process)+".service")
}
