package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/dbusctl"
	"ecounit/internal/failures"
	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/journal"
	"ecounit/notice"
	"ecounit/plan"
)

// sender sends the notices of one process or job.
type sender struct {
	*command
	home      *home
	app       *installed.App
	kept      failures.Kept
	process   string
	episode   *notice.Episode
	mail      string
	argv      []string
	recovered bool
}

// noticeSend is what the unit NAME-notice@PROCESS.service runs. What is due
// follows from the episode and from what was told of it already.
func (c *command) noticeSend(ctx context.Context, words []string, flags *cli.Context) error {
	h, err := c.user()
	if err != nil {
		return err
	}
	if h.manager, err = dbusctl.Connect(ctx, h.User.UID); err != nil {
		return err
	}
	defer h.close()
	s := &sender{
		command: c, home: h, kept: failures.Of(c.uid, words[0]), process: words[1],
		mail: flags.String("mail"), argv: words[2:], recovered: flags.Bool("recovered"),
	}
	if s.app, err = h.installedApp(words[0]); err != nil {
		return err
	}
	if s.episode, err = s.kept.Episode(s.process); err != nil {
		return err
	}
	if s.episode == nil {
		return s.end(ctx)
	}
	before, err := s.kept.Told()
	if err != nil {
		return err
	}
	if of := before.Of[s.process]; !of.Since.Equal(s.episode.Since) {
		if err := s.failed(ctx); err != nil {
			return err
		}
	}
	return s.again(ctx)
}

// cutOff is what is known of a notice until it was sent.
const cutOff = "the notice was cut off"

// failed tells of the failure, once: a notice that could not be sent is shown
// by status, and not tried again while the process fails every second.
func (s *sender) failed(ctx context.Context) error {
	of := failures.Telling{Since: s.episode.Since, At: time.Now(), Problem: cutOff}
	var silent time.Time
	err := s.kept.Tell(func(t *failures.Told) {
		allowed, until := t.Take(of.At)
		of.Silent, silent = !allowed, until
		t.Of[s.process] = of
	})
	if err != nil || of.Silent {
		return err
	}
	n, err := s.notice(ctx, notice.Failed)
	if err != nil {
		return err
	}
	n.Silent, n.Follows = silent, s.recovered
	n.Lines, n.NoLines = s.lines(ctx)
	of.To, of.Problem = nil, ""
	problem := s.tell(ctx, n, &of)
	if problem != nil {
		of.Problem = problem.Error()
	}
	if err := s.kept.Tell(func(t *failures.Told) { t.Of[s.process] = of }); err != nil {
		return err
	}
	if s.recovered && !s.episode.Job {
		if err := s.home.manager.Begin(ctx, s.timer()); err != nil {
			return err
		}
	}
	return problem
}

// again tells that the process runs again, if it does and if that is wanted.
func (s *sender) again(ctx context.Context) error {
	if s.episode.Job {
		if s.episode.Succeeded.IsZero() {
			return nil
		}
	} else {
		d, err := s.home.manager.Details(ctx, s.episode.Unit)
		if err != nil {
			return err
		}
		switch {
		case d.ActiveState == "inactive": // stopped: there is nothing to tell
			return s.end(ctx)
		case !well(d, time.Now()):
			return nil
		}
	}
	return errors.Join(s.tellRecovered(ctx), s.end(ctx))
}

// tellRecovered tells those who were told of the failure.
func (s *sender) tellRecovered(ctx context.Context) error {
	before, err := s.kept.Told()
	if err != nil || !s.recovered || before.Of[s.process].Silent {
		return err
	}
	n, err := s.notice(ctx, notice.Recovered)
	if err != nil {
		return err
	}
	return s.tell(ctx, n, &failures.Telling{})
}

// well reports whether a process has run for long enough.
func well(d dbusctl.Details, now time.Time) bool {
	switch d.ActiveState {
	case "active", "reloading", "refreshing":
		return now.Sub(d.Activated) >= notice.Well
	}
	return false
}

// end ends the episode.
func (s *sender) end(ctx context.Context) error {
	s.kept.Over(s.process)
	if !s.recovered {
		return nil
	}
	return s.home.manager.Stop(ctx, s.timer())
}

func (s *sender) timer() string { return plan.NoticeOf(s.app.Name, s.process) + ".timer" }

func (s *sender) notice(ctx context.Context, event string) (notice.Notice, error) {
	host, err := os.Hostname()
	if err != nil {
		return notice.Notice{}, fmt.Errorf("cannot read the name of the host: %w", hint.Reason(err))
	}
	n := notice.Notice{App: s.app.Name, Process: s.process, Host: host, User: s.home.User.Name, Event: event, Episode: *s.episode}
	d, err := s.home.manager.Details(ctx, s.episode.Unit)
	n.Now = now(d, s.episode.Job)
	return n, err
}

// now says what has become of a process that failed.
func now(d dbusctl.Details, job bool) string {
	switch {
	case job:
		return "it runs again at its next time"
	case d.ActiveState == "failed":
		return "it does not run, and is not started again by itself"
	case strings.HasPrefix(d.SubState, "auto-restart"):
		return "it is about to be started again"
	case d.ActiveState == "active":
		return "it was started again"
	case d.ActiveState == "activating":
		return "it is being started again"
	}
	return "it does not run"
}

// noticeLines is how many lines of the log are in a notice.
const noticeLines = 30

func (s *sender) lines(ctx context.Context) (lines []string, why string) {
	entries, err := journal.LastRun(ctx, s.episode.Unit, linesRead)
	if err != nil {
		return nil, "Its last lines are missing: " + err.Error()
	}
	return lastLines(entries, noticeLines, allLines(s.app, s.episode.Unit)), ""
}
