//go:build machine

package equivalence

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"ecounit/test/scene"
)

// supervised is an account with supervisord.
type supervised struct{ account }

func newSupervised(h *scene.Host, config string) *supervised {
	return &supervised{newAccount(h, "olduser", config)}
}

func (s *supervised) start() {
	// As cron does it: no login, no session, the limits of a service.
	r, err := s.Env(started).Exec(s.Host.T.Context(), "prlimit", "--nofile=1024:", "supervisord", "-c", "supervisord.conf")
	if err != nil || r.Code != 0 {
		s.Host.T.Errorf("supervisord: %v %+v", err, r)
		return
	}
	s.Host.Soon(time.Minute, func(context.Context) error {
		if out := s.control("status"); strings.Contains(out, "STARTING") || !strings.Contains(out, "RUNNING") {
			return errors.New(out)
		}
		return nil
	})
}

// control is supervisorctl, which exits with 3 when not everything runs.
func (s *supervised) control(words ...string) string {
	r, err := s.Exec(s.Host.T.Context(), append([]string{"supervisorctl", "-c", "supervisord.conf"}, words...)...)
	if err != nil {
		s.Host.T.Error(err)
	}
	return r.Stdout + r.Stderr
}

// ended is a program that is not started again, for whatever reason; how often
// it ran is compared as well.
const ended = "ended"

var instance = regexp.MustCompile(`_\d\d$`)

func (s *supervised) look() {
	for line := range strings.Lines(s.control("status")) {
		words := strings.Fields(line)
		name := words[0][strings.Index(words[0], ":")+1:]
		state := words[1]
		switch state {
		case "STOPPED":
			continue // it was not started
		case "EXITED", "FATAL":
			state = ended
		}
		s.states[instance.ReplaceAllString(name, "")] = state
	}
}

func (s *supervised) startAgain() {
	s.control("start", "asleep", "short", "at-once")
	s.control("restart", "again")
}

func (s *supervised) stop() { s.control("stop", "all") }

func (s *supervised) collect() {
	s.account.collect()
	s.control("shutdown")
}
