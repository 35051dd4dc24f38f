package dbusctl

import (
	"context"
	"fmt"
	"strings"

	"github.com/godbus/dbus/v5"
)

// JobError says that one unit could not be started, stopped, restarted or
// reloaded, and why.
type JobError struct {
	Verb string // start, stop, restart or reload
	Unit string

	// Result is systemd's word for how the job ended: failed, timeout,
	// dependency, canceled, skipped, invalid, assert, unsupported, collected
	// or once (org.freedesktop.systemd1(5)); "refused" when there was no job.
	Result string

	Reason string // one clause, as "exited with status 3"
	Err    error  // what the manager answered when it refused, or nil
}

func (e *JobError) Error() string {
	if e.Reason == "" {
		return fmt.Sprintf("cannot %s %s: the job ended as %q", e.Verb, e.Unit, e.Result)
	}
	return fmt.Sprintf("cannot %s %s: %s", e.Verb, e.Unit, e.Reason)
}

func (e *JobError) Unwrap() error { return e.Err }

// refusal is the error for a job that the manager did not accept.
func refusal(verb, unit string, refused dbus.Error) *JobError {
	e := &JobError{Verb: verb, Unit: unit, Result: "refused", Err: refused}
	said := strings.TrimSuffix(refused.Error(), ".")
	switch strings.TrimPrefix(refused.Name, systemdName+".") {
	case "NoSuchUnit":
		e.Err = fmt.Errorf("%w: %w", ErrNoSuchUnit, refused)
		e.Reason = "there is no such unit"
		if !strings.Contains(said, unit) { // a unit that this one needs
			e.Reason = said
		}
	case "UnitMasked":
		e.Reason = "the unit is masked"
	case "BadUnitSetting", "LoadFailed":
		e.Reason = "its unit file has an error: systemctl --user status " + unit + " shows it"
	case "JobTypeNotApplicable":
		e.Reason = "it has no " + verb
	case "ShuttingDown":
		e.Reason = "the service manager is shutting down"
	default:
		e.Reason = said
	}
	return e
}

// jobReason says in a clause why a job ended with another result than done.
func (l link) jobReason(ctx context.Context, e *JobError, results map[string]string) string {
	switch e.Result {
	case "dependency":
		culprit := l.culprit(ctx, e.Unit, results)
		if culprit == "" {
			return "a unit that it needs failed"
		}
		reason, err := l.failure(ctx, culprit, "Result")
		if err != nil || reason == "" {
			return culprit + ", which it needs, failed"
		}
		return culprit + ", which it needs, failed: " + reason
	case "canceled":
		return "another request replaced this one"
	case "timeout":
		return "the job timed out before the unit's turn or end came"
	case "skipped":
		return "skipped, because a condition of the unit does not hold"
	case "invalid":
		return "it is not running"
	case "assert":
		return "an Assert… of the unit does not hold"
	case "unsupported":
		return "this machine does not support that kind of unit"
	case "once":
		return "it was started once already and cannot be started again"
	case "collected":
		return "nothing needed the job any more"
	}
	of := "Result"
	if e.Verb == "reload" {
		of = "ReloadResult" // the unit itself goes on running
	}
	reason, err := l.failure(ctx, e.Unit, of)
	if err != nil {
		return "failed; the reason cannot be read: " + err.Error()
	}
	return reason
}

// culprit follows failed dependencies to the unit that failed by itself.
func (l link) culprit(ctx context.Context, unit string, results map[string]string) string {
	seen := map[string]bool{}
	for !seen[unit] {
		seen[unit] = true
		next := ""
		for _, needs := range []string{"Requires", "BindsTo", "Requisite"} {
			var names []string
			if l.get(ctx, property(unitPath(unit), unitFace, needs), &names) != nil {
				return ""
			}
			for _, name := range names {
				switch results[name] {
				case "", "done", "skipped":
				case "dependency":
					next = name
				default:
					return name
				}
			}
		}
		unit = next
	}
	return ""
}
