package notice

import "time"

// Well is how long a process has to run until its failures are over. One that
// crashes every few seconds for a day has failed once; one that crashes once a
// day fails anew each time.
const Well = time.Minute

// End is how a process ended by failure.
type End struct {
	At     time.Time     `json:"at"`
	Ran    time.Duration `json:"-"`      // since it was up; 0 when it never was
	Reason string        `json:"reason"` // in words, as in "exited with status 3"
	// As systemd.exec(5) has them, "Environment Variables Set or Propagated".
	Result     string `json:"result"`      // $SERVICE_RESULT
	ExitCode   string `json:"exit_code"`   // $EXIT_CODE
	ExitStatus string `json:"exit_status"` // $EXIT_STATUS
}

// Episode is a row of failures of one process, or of one job.
type Episode struct {
	Unit     string    `json:"unit"` // the last that failed
	Job      bool      `json:"job,omitempty"`
	Since    time.Time `json:"since"`
	Failures int       `json:"failures"`
	Last     End       `json:"last"`
	// Succeeded is when a job has run well again, which ends the episode.
	Succeeded time.Time `json:"succeeded,omitzero"`
}

// After is the episode that a failure belongs to, and whether that begins with
// it. before is the last episode, or nil.
func After(before *Episode, unit string, job bool, end End) (e Episode, begins bool) {
	if before == nil || !before.Succeeded.IsZero() || !job && end.Ran >= Well {
		return Episode{Unit: unit, Job: job, Since: end.At, Failures: 1, Last: end}, true
	}
	e = *before
	e.Unit, e.Job, e.Last = unit, job, end
	e.Failures++
	return e, false
}

const (
	// perHour is how many failures an app may tell of in an hour. All of a few
	// processes that lose the same database are told of, and of one that
	// fails, runs for two minutes and fails again there are no thirty mails.
	perHour = 6
	hour    = time.Hour
)

// Budget is what is left of the notices of an hour.
type Budget struct {
	Sent []time.Time `json:"sent"` // within the last hour, oldest first
}

// Take uses up one notice; ok is false when there is none left. last says that
// it is the last one, and until when.
func (b *Budget) Take(now time.Time) (ok bool, last time.Time) {
	var kept []time.Time
	for _, t := range b.Sent {
		if age := now.Sub(t); age >= 0 && age < hour {
			kept = append(kept, t)
		}
	}
	if b.Sent = kept; len(kept) >= perHour {
		return false, time.Time{}
	}
	if b.Sent = append(b.Sent, now); len(b.Sent) == perHour {
		last = b.Sent[0].Add(hour)
	}
	return true, last
}
