package units

import (
	"slices"
	"time"

	"ecounit/plan"
)

const (
	// noticeTimeout is longer than ecounit takes when neither the command nor
	// sendmail ends.
	noticeTimeout = 55 * time.Second
	// recoveryPoll is how often a failing process is looked at, with the delay
	// of a restart: one that was started again at once is found to run well.
	recoveryPoll  = time.Minute
	recoverySlack = 2 * time.Second
)

// execWithStopPost is the first version of systemd that Type=exec and
// ExecStopPost= were seen to work together with. The manager of 247 loops for
// ever, and answers nobody, once a process dies as soon as it was started;
// Type=simple and notify do well.
const execWithStopPost = 252

// hasStopPost reports whether services have an ExecStopPost= of ours or of the
// user's.
func (r *renderer) hasStopPost() bool {
	return r.plan.OnFailure != nil || slices.ContainsFunc(r.plan.Extra.Service, func(s plan.Setting) bool { return s.Key == "ExecStopPost" })
}

// tellEnd has every end of the service's process noted, restarts included:
// OnFailure= sees none of these before systemd 257 and each of them from then
// on, and everywhere what exits with an error when it is asked to stop. What
// notes it must reach the user's manager, so that it is in no sandbox. Its HOME
// is what the app makes of it.
func (r *renderer) tellEnd(s *Section) {
	if to := r.plan.OnFailure; to != nil {
		s.execNaming("ExecStopPost", "+-", append(to.Tell[:len(to.Tell):len(to.Tell)], "ended", "--home="+r.plan.User.Home, r.plan.Name), "%n", nil)
	}
}

// onFailure renders what sends the notices: a service and, where it is to be
// told that a process runs again, a timer for each process that fails.
func (r *renderer) onFailure() {
	to := r.plan.OnFailure
	if to == nil {
		return
	}
	u := New(r.plan.NoticeService()).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description+" (notice)").Duration("StartLimitIntervalSec", 0)
	s := u.Section("Service").Word("Type", "oneshot")
	send := append(to.Tell[:len(to.Tell):len(to.Tell)], "send")
	if to.Mail != "" {
		send = append(send, "--mail="+to.Mail)
	}
	if to.Recovered {
		send = append(send, "--recovered")
	}
	var command []string
	if len(to.Argv) > 0 {
		command = append([]string{"--"}, to.Argv...)
	}
	s.execNaming("ExecStart", "", append(send, r.plan.Name), "%i", command)
	if len(to.Argv) > 0 {
		// The folder or the file may be what the app fails for.
		s.Path("WorkingDirectory", "-"+r.plan.Directory)
		for _, v := range to.Environment {
			s.Environment(v.Name, v.Value)
		}
		for _, file := range r.plan.EnvFiles {
			s.Path("EnvironmentFile", "-"+file)
		}
	}
	s.Word("SyslogIdentifier", r.plan.Name+"-notice").Duration("TimeoutStartSec", noticeTimeout)
	r.add(u)
	if to.Recovered {
		r.recovery()
	}
}

func (r *renderer) recovery() {
	u := New(r.plan.NoticeTimer()).For(r.plan.Systemd.Version)
	u.Section("Unit").Text("Description", r.plan.Description+" (runs again?)").Units("PartOf", r.plan.Target())
	wait := recoveryPoll + r.plan.Restart.Delay + recoverySlack
	u.Section("Timer").Duration("OnActiveSec", wait).Duration("OnUnitInactiveSec", wait).Duration("AccuracySec", accuracy)
	r.add(u)
}

// execNaming is exec with a specifier of systemd.unit(5) as a word between
// others: %n is the name of the unit, %i that of the instance.
func (s *Section) execNaming(key, prefix string, before []string, specifier string, after []string) {
	if specifier != "%n" && specifier != "%i" {
		s.refuse(key, specifier, "not %n or %i")
		return
	}
	words, ok := s.command(key, prefix, before)
	more, fits := s.arguments(key, after)
	if ok && fits {
		s.list(key, append(append(words, specifier), more...))
	}
}
