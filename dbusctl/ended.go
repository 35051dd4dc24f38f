package dbusctl

import (
	"fmt"
	"path/filepath"
)

// exit is how a process of a unit ended.
type exit struct {
	setting string // "", or the setting of a process beside the main one
	program string
	at      uint64 // µs
	code    int32  // CLD_EXITED 1, CLD_KILLED 2, CLD_DUMPED 3
	status  int32
}

func (e exit) failed() bool { return e.code > 1 || e.code == 1 && e.status != 0 }

// ended describes the process whose end made the unit fail: the last one that
// failed, because the main process of an earlier run is remembered while
// ExecStartPre= fails in this one.
func (p properties) ended() string {
	last := exit{
		at:     value[uint64](p, "ExecMainExitTimestampMonotonic"),
		code:   value[int32](p, "ExecMainCode"),
		status: value[int32](p, "ExecMainStatus"),
	}
	if start := p.commands("ExecStart"); len(start) > 0 {
		last.program = start[len(start)-1].program
	}
	for _, setting := range []string{"ExecCondition", "ExecStartPre", "ExecStartPost", "ExecReload", "ExecStop", "ExecStopPost"} {
		for _, c := range p.commands(setting) {
			if c.failed() && (c.at > last.at || !last.failed()) {
				last = c
			}
		}
	}
	if !last.failed() {
		return "a process failed"
	}
	text := exitText(last.code, last.status, last.program, value[string](p, "WorkingDirectory"))
	if last.setting != "" {
		text = fmt.Sprintf("%s=%s %s", last.setting, filepath.Base(last.program), text)
	}
	return text
}

// commands reads the processes of an Exec…= property that count: those with
// "-" in front do not.
func (p properties) commands(setting string) []exit {
	var list []struct {
		Path                 string
		Argv                 []string
		Ignore               bool
		StartReal, StartMono uint64
		ExitReal, ExitMono   uint64
		PID                  uint32
		Code, Status         int32
	}
	if !p.store(setting, &list) {
		return nil
	}
	var all []exit
	for _, c := range list {
		if !c.Ignore {
			all = append(all, exit{setting, c.Path, c.ExitMono, c.Code, c.Status})
		}
	}
	return all
}
