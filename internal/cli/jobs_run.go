package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/descriptor"
	"ecounit/journal"
)

// jobsRun runs a job as its timer would: the name comes last, and the app may
// be left out.
func (c *command) jobsRun(ctx context.Context, words []string, flags *cli.Context) error {
	h, err := c.connectManagerAlone(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	a, err := c.withUnits(h, strings.Join(words[:len(words)-1], ""))
	if err != nil {
		return err
	}
	j, err := a.job(words[len(words)-1])
	if err != nil {
		return err
	}
	if err := h.needManager(ctx, a.name); err != nil {
		return err
	}
	unit := j.unit
	if j.instances != "" {
		unit = strings.Replace(j.instances, "*", "by-hand-"+strconv.FormatInt(time.Now().UnixMicro(), 10), 1)
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "%-8s %s\n", "start", unit)
		return nil
	}
	return c.runJob(ctx, h, j, unit)
}

func (a *installed) job(name string) (installedJob, error) {
	i := slices.IndexFunc(a.jobs, func(j installedJob) bool { return j.name == name })
	if i >= 0 {
		return a.jobs[i], nil
	}
	var known []string
	for _, j := range a.jobs {
		known = append(known, j.name)
	}
	switch near := descriptor.Nearest(name, known); {
	case near != "":
		return installedJob{}, usage("did you mean "+near+"?", "%s has no job %q", a.name, name)
	case len(known) > 0:
		return installedJob{}, usage("its jobs are "+strings.Join(known, ", "), "%s has no job %q", a.name, name)
	}
	return installedJob{}, usage("[job.NAME] in ecounit.toml makes one; ecounit enable applies it", "%s has no jobs", a.name)
}

// runJob starts the unit and waits for its end.
func (c *command) runJob(ctx context.Context, h *home, j installedJob, unit string) error {
	logs := fmt.Sprintf("ecounit logs %s -p %s", j.app, j.name)
	before, err := h.manager.Details(ctx, unit)
	if err != nil {
		return err
	}
	if since := moment(before.Started); before.ActiveState == "activating" && since != nil {
		return withHint(fmt.Errorf("%s runs already, since %s", j.name, clock(since)), "%s -f shows what it prints", logs)
	}
	out := &runOutput{command: c, unit: unit, since: time.Now(), done: make(chan struct{})}
	following, stop := context.WithCancel(ctx)
	defer stop()
	go out.follow(following)
	err = h.manager.Start(ctx, unit)
	took := time.Since(out.since)
	stop()
	<-out.done
	if ctx.Err() != nil {
		fmt.Fprintf(c.Err, "%s goes on; %s -f shows what it prints\n", j.name, logs)
		return statusError(exitInterrupted)
	}
	var failed *dbusctl.JobError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	out.rest(ctx)
	if failed != nil {
		return withHint(fmt.Errorf("%s failed after %s: %s", j.name, span(took), ofJob(failed.Reason)), "%s shows earlier runs, too", logs)
	}
	c.line(done, j.name, "in "+span(took))
	return nil
}

// runOutput prints what a run prints. The journal has it a moment later.
type runOutput struct {
	*command
	unit    string
	since   time.Time
	printed int
	done    chan struct{}
}

// follow prints until the context ends. What goes wrong, rest says.
func (o *runOutput) follow(ctx context.Context) {
	defer close(o.done)
	_ = journal.Read(ctx, o.query(true), o.print)
}

func (o *runOutput) query(follow bool) journal.Query {
	return journal.Query{Units: []string{o.unit}, Since: journal.At(o.since), Lines: -1, Follow: follow}
}

func (o *runOutput) print(e journal.Entry) error {
	if !e.Manager {
		fmt.Fprintln(o.Out, e.Text())
		o.printed++
	}
	return nil
}

// rest prints what was not there yet when the run ended.
func (o *runOutput) rest(ctx context.Context) {
	before := o.printed
	_, err := journal.Tail(ctx, o.unit, o.since, 1) // waits for the last line
	if err == nil {
		err = journal.Read(ctx, o.query(false), func(e journal.Entry) error {
			if !e.Manager && before > 0 {
				before--
				return nil
			}
			return o.print(e)
		})
	}
	if err != nil {
		o.warn("what it printed is missing: %v", err)
		o.hint(hintOf(err))
	}
}
