package cutover

import (
	"context"
	"slices"
	"time"
)

// TerminateTrees ends processes and what is left then of all that they started:
// a shell takes nothing with it.
func TerminateTrees(ctx context.Context, leaders []Process, uid int, patience time.Duration) error {
	all := Processes(uid)
	for _, leader := range leaders {
		below := slices.DeleteFunc(slices.Clone(all), func(p Process) bool { return p.PID == leader.PID || !Below(p, leader.PID, all) })
		for _, p := range append([]Process{leader}, below...) {
			if err := p.Terminate(ctx, patience); err != nil {
				return err
			}
		}
	}
	return nil
}

// Gone are those of the processes that do not run, and were not started again
// either: each other one with the same words in the same folder stands for one.
func Gone(processes []Process, uid int) (gone []Process) {
	others := slices.DeleteFunc(Processes(uid), func(r Process) bool {
		return r.IsManaged() || slices.ContainsFunc(processes, func(p Process) bool { return p.PID == r.PID && p.Began == r.Began })
	})
	for _, p := range processes {
		if p.Runs() {
			continue
		}
		same := slices.DeleteFunc(slices.Clone(others), func(r Process) bool { return !slices.Equal(r.Argv, p.Argv) || r.Directory != p.Directory })
		if len(same) == 0 {
			gone = append(gone, p)
			continue
		}
		again := Leaders(same)[0]
		others = slices.DeleteFunc(others, func(r Process) bool { return Below(r, again.PID, same) })
	}
	return gone
}

// Leaders are the processes of which no other one is the parent: of a server,
// the one that started the workers.
func Leaders(processes []Process) []Process {
	var leaders []Process
	for _, p := range processes {
		isChild := false
		for _, other := range processes {
			isChild = isChild || other.PID == p.Parent
		}
		if !isChild {
			leaders = append(leaders, p)
		}
	}
	return leaders
}

// Below reports whether a process is another one or descends from it.
func Below(p Process, pid int, all []Process) bool {
	for range len(all) + 1 {
		if p.PID == pid {
			return true
		}
		parent := -1
		for i, other := range all {
			if other.PID == p.Parent {
				parent = i
			}
		}
		if parent < 0 {
			return p.Parent == pid
		}
		p = all[parent]
	}
	return false
}
