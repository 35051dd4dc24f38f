package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/descriptor"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/units"
)

// jobsCommands are the verbs about jobs.
func (c *command) jobsCommands() []*cli.Command {
	return []*cli.Command{{
		Name: "run", Usage: "run a job now and show what it prints", ArgsUsage: "[APP] NAME", Action: operands(1, 2, c.jobsRun),
		Flags: []cli.Flag{toggle("dry-run", "n", "only show what would be done")},
	}}
}

// jobs lists the jobs of an app or, where no app is meant, of all.
func (c *command) jobs(ctx context.Context, app string, flags *cli.Context) error {
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	jobs, err := c.jobsMeant(h, app)
	if err != nil {
		return err
	}
	found, err := h.jobStatuses(ctx, jobs)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int         `json:"version"`
			Jobs    []jobStatus `json:"jobs"`
		}{terminal.JSONVersion, found})
	}
	if len(found) == 0 {
		fmt.Fprintln(c.Err, "there are no jobs; [job.NAME] in ecounit.toml makes one, see man ecounit.toml")
		return nil
	}
	c.printJobs(found)
	if h.manager == nil {
		c.Warn("%s, so no job of yours runs", h.whyDown(ctx))
	}
	return nil
}

func (c *command) jobsMeant(h *home, app string) ([]installed.Job, error) {
	files, err := h.places.AllUnitFiles()
	if err != nil {
		return nil, err
	}
	names := h.appsOf(files)
	_, err = os.Stat(filepath.Join(c.workdir, descriptor.FileName))
	if app != "" || err == nil {
		name, err := c.appName(h, app)
		if err != nil {
			return nil, err
		}
		names = []string{name}
	}
	jobs := []installed.Job{}
	for _, name := range names {
		jobs = append(jobs, h.withSchedules(name, files[name])...)
	}
	return jobs, nil
}

// withSchedules are the jobs of an app, with their schedules as they were
// written where that is still known.
func (h *home) withSchedules(app string, files []units.File) []installed.Job {
	jobs := installed.JobsOf(app, files)
	if last, err := h.lastPlan(app); err == nil && len(jobs) > 0 {
		installed.AsWritten(jobs, last)
	}
	return jobs
}

func (c *command) printJobs(jobs []jobStatus) {
	several := slices.ContainsFunc(jobs, func(j jobStatus) bool { return j.App != jobs[0].App })
	heading := []string{"JOB", "SCHEDULE", "LAST RUN", "RESULT", "TOOK", "NEXT RUN"}
	if several {
		heading = append([]string{"APP"}, heading...)
	}
	var rows [][]string
	var states []string
	for _, j := range jobs {
		row := []string{j.Job, j.Schedule, clock(j.Started), j.result(), j.took(), j.next()}
		if several {
			row = append([]string{j.App}, row...)
		}
		rows, states = append(rows, row), append(states, j.state())
	}
	c.Table(heading, rows, states)
}

// clock is a time as the clock on the wall shows it.
func clock(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

func (j jobStatus) result() string {
	switch {
	case j.Result == jobNever && j.Started != nil:
		return "not known" // it was before the last boot
	case j.Result == jobNever:
		return "no run since boot"
	case j.broken() && j.Failure != "":
		return "failed: " + j.Failure
	case j.Runs > 1:
		return fmt.Sprintf("%d running", j.Runs)
	}
	return j.Result
}

func (j jobStatus) took() string {
	switch {
	case j.Seconds != nil:
		return terminal.Span(time.Duration(*j.Seconds * float64(time.Second)))
	case j.Result == jobRunning && j.Runs == 0 && j.Started != nil:
		return terminal.Span(time.Since(*j.Started)) + " so far"
	}
	return "-"
}

func (j jobStatus) next() string {
	switch {
	case j.Next != nil:
		return clock(j.Next)
	case j.Schedule == atReboot:
		return "at the next boot"
	case !j.Waits:
		return "stopped"
	case j.Result == jobRunning:
		return "-" // systemd finds out when this run has ended
	}
	return "never"
}

const atReboot = "@reboot"

// line is the job in status.
func (j jobStatus) line() string {
	parts := []string{j.Unit + ": " + j.result()}
	switch {
	case j.Started == nil:
	case j.Result == jobRunning:
		parts[0] += " since " + clock(j.Started)
	default:
		parts[0] += " at " + clock(j.Started)
	}
	if j.Seconds != nil {
		parts = append(parts, "took "+j.took())
	}
	return strings.Join(append(parts, "next: "+j.next()), ", ")
}
