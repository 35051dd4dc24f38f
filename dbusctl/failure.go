package dbusctl

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Failure says in a clause why a unit failed, such as "exited with status 3",
// "killed by SIGSEGV" or "start timed out after 30s". Of a service that runs
// again it says that it was restarted; the manager forgets why. It is empty for
// a unit that nothing happened to since it was last started by hand.
func (m *Manager) Failure(ctx context.Context, name string) (string, error) {
	reason, err := m.failure(ctx, name, "Result")
	if err != nil {
		return "", fmt.Errorf("cannot read why %s failed: %w", name, err)
	}
	return reason, nil
}

// failure reads the reason behind one of the properties Result and
// ReloadResult.
func (l link) failure(ctx context.Context, name, result string) (string, error) {
	p := properties{}
	// The empty interface is all of them: those of the unit and of its type.
	if err := l.call(ctx, query{unitPath(name), getAll, []any{""}}, &p); err != nil {
		return "", err
	}
	return p.reason(result), nil
}

func (p properties) reason(of string) string {
	switch state := value[string](p, "LoadState"); state {
	case "not-found":
		return "there is no such unit"
	case "masked":
		return "the unit is masked"
	case "bad-setting", "error":
		var loadError struct{ Name, Message string }
		if p.store("LoadError", &loadError) && loadError.Message != "" {
			return "its unit file has an error: " + strings.TrimSuffix(loadError.Message, ".")
		}
		return "its unit file has an error"
	}
	switch result := value[string](p, of); result {
	case "", "success":
		return p.restarted()
	case "exit-code", "signal", "core-dump":
		return p.ended()
	case "timeout":
		return p.timedOut(of)
	case "resources":
		var sockets []struct{ Type, Address string }
		if p.store("Listen", &sockets) && len(sockets) > 0 {
			return fmt.Sprintf("cannot listen on %s: another program may have it", sockets[0].Address)
		}
		return resultTexts[result]
	default:
		if text, ok := resultTexts[result]; ok {
			return text
		}
		return result
	}
}

// resultTexts puts words to the results that say all by themselves. Source:
// systemd.service(5), "$SERVICE_RESULT", and the tables of src/core/*.c.
var resultTexts = map[string]string{
	"protocol":                "ended before it said that it was ready",
	"watchdog":                "did not report to its watchdog in time",
	"oom-kill":                "killed because its memory limit or the machine's memory was used up",
	"start-limit-hit":         "start limit hit: it was started too often in a short time",
	"service-start-limit-hit": "start limit hit: the service behind it was started too often in a short time",
	"trigger-limit-hit":       "trigger limit hit: it was triggered too often in a short time",
	"unit-start-limit-hit":    "start limit hit: the unit that it triggers was started too often in a short time",
	"resources":               "could not be set up: a file that the unit names is missing, or a resource ran out",
	"exec-condition":          "its ExecCondition= said no",
}

// restarted describes a service that ended without a failure although it should
// have gone on running.
func (p properties) restarted() string {
	if strings.Contains(value[string](p, "SubState"), "auto-restart") {
		return exitText(value[int32](p, "ExecMainCode"), value[int32](p, "ExecMainStatus"), "", "")
	}
	switch n := value[uint32](p, "NRestarts"); n {
	case 0:
		return ""
	case 1:
		return "ended by itself and was restarted"
	default:
		return fmt.Sprintf("ended by itself and was restarted, %d times", n)
	}
}

func (p properties) timedOut(of string) string {
	limit := func(name string) string {
		d, known := duration(value[uint64](p, name))
		if !known {
			return ""
		}
		return " after " + d.String()
	}
	if of == "ReloadResult" {
		return "reload timed out" + limit("TimeoutStartUSec")
	}
	// SIGTERM is what ends a start that takes too long; the state in which
	// the time ran out is not kept.
	active := value[uint64](p, "ActiveEnterTimestampMonotonic")
	stopped := value[uint64](p, "InactiveEnterTimestampMonotonic")
	begun := value[uint64](p, "InactiveExitTimestampMonotonic")
	if active >= begun && active > 0 {
		run, set := duration(value[uint64](p, "RuntimeMaxUSec"))
		if set && stopped >= active && time.Duration(stopped-active)*time.Microsecond >= run {
			return "stopped after RuntimeMaxSec=" + run.String()
		}
		return "stop timed out" + limit("TimeoutStopUSec")
	}
	return "start timed out" + limit("TimeoutStartUSec")
}
