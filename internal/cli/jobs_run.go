package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/descriptor"
	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
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
	j, err := jobNamed(a, words[len(words)-1])
	if err != nil {
		return err
	}
	if err := h.needManager(ctx, a.Name); err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		fmt.Fprintf(c.Out, "%-8s %s\n", "start", j.Unit)
		return nil
	}
	return c.runJob(ctx, h, j)
}

func jobNamed(a *installed.App, name string) (installed.Job, error) {
	i := slices.IndexFunc(a.Jobs, func(j installed.Job) bool { return j.Name == name })
	if i >= 0 {
		return a.Jobs[i], nil
	}
	var known []string
	for _, j := range a.Jobs {
		known = append(known, j.Name)
	}
	switch near := descriptor.Nearest(name, known); {
	case near != "":
		return installed.Job{}, usage("did you mean "+near+"?", "%s has no job %q", a.Name, name)
	case len(known) > 0:
		return installed.Job{}, usage("its jobs are "+strings.Join(known, ", "), "%s has no job %q", a.Name, name)
	}
	return installed.Job{}, usage("[job.NAME] in ecounit.toml makes one; ecounit enable applies it", "%s has no jobs", a.Name)
}

// runJob starts the job and waits for its end.
func (c *command) runJob(ctx context.Context, h *home, j installed.Job) error {
	logs := fmt.Sprintf("ecounit logs %s -p %s", j.App, j.Name)
	before, err := h.manager.Details(ctx, j.Unit)
	if err != nil {
		return err
	}
	// Where runs may overlap, the unit starts one in no time; what runs longer
	// is from before they might.
	const starting = 5 * time.Second
	if since := moment(before.Started); before.ActiveState == "activating" && since != nil && (j.Instances == "" || time.Since(*since) > starting) {
		return hint.With(fmt.Errorf("%s runs already, since %s", j.Name, clock(since)), "%s -f shows what it prints", logs)
	}
	out := &runOutput{command: c, unit: j.Unit, since: time.Now()}
	if j.Instances == "" {
		out.follow(ctx)
		err = h.manager.Start(ctx, j.Unit)
	} else {
		err = h.manager.StartThrough(ctx, j.Unit, func(run string) string {
			out.unit = strings.Replace(j.Instances, "*", run, 1)
			out.follow(ctx)
			return out.unit
		})
	}
	took := time.Since(out.since)
	out.stop()
	if ctx.Err() != nil {
		fmt.Fprintf(c.Err, "%s goes on; %s -f shows what it prints\n", j.Name, logs)
		return statusError(exitInterrupted)
	}
	var failed *dbusctl.JobError
	if err != nil && !errors.As(err, &failed) {
		return err
	}
	out.rest(ctx)
	if failed != nil && failed.Result == "canceled" {
		return hint.With(fmt.Errorf("%s was stopped after %s", j.Name, terminal.Span(took)), "%s shows what it printed", logs)
	}
	if failed != nil {
		return hint.With(fmt.Errorf("%s failed after %s: %s", j.Name, terminal.Span(took), ofJob(failed.Reason)), "%s shows earlier runs, too", logs)
	}
	c.Line(terminal.Done, j.Name, "in "+terminal.Span(took))
	return nil
}

// runOutput prints what a run prints. The journal has it a moment later.
type runOutput struct {
	*command
	unit    string
	since   time.Time
	printed int
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

// follow prints until stop. What goes wrong, rest says.
func (o *runOutput) follow(ctx context.Context) {
	ctx, o.cancel = context.WithCancel(ctx)
	o.done.Go(func() { _ = journal.Read(ctx, o.query(true), o.print) })
}

func (o *runOutput) stop() {
	if o.cancel != nil {
		o.cancel()
	}
	o.done.Wait()
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
		o.Warn("what it printed is missing: %v", err)
		o.Hint(hint.Of(err))
	}
}
