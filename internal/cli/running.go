package cli

import (
	"context"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"ecounit/detect"
	"ecounit/internal/installed"
	"ecounit/units"
)

// slice is what runs in the slice of an app.
type slice struct {
	count  int
	oldest time.Time
	cgroup string
}

func (h *home) runningUnits(ctx context.Context, files map[string][]units.File) (map[string]string, map[string]slice, error) {
	states, running := map[string]string{}, map[string]slice{}
	if h.manager == nil || len(files) == 0 {
		return states, running, nil
	}
	var wanted []string
	var jobs []installed.Job
	for name, of := range files {
		a := installed.New(name, of)
		wanted, jobs = append(wanted, a.Stoppable()...), append(jobs, a.Jobs...)
	}
	found, err := h.manager.Units(ctx, wanted...)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range found {
		states[u.Name] = u.ActiveState
	}
	instances, err := h.instances(ctx, jobs)
	if err != nil {
		return nil, nil, err
	}
	for _, j := range jobs {
		for _, run := range instances[j.Unit] {
			if run.ActiveState == "failed" {
				states[j.Unit] = "failed"
			}
		}
	}
	processes, err := h.manager.Processes(ctx, "app.slice")
	if err != nil {
		return nil, nil, err
	}
	for _, p := range processes {
		group := p.ControlGroup
		for group != "/" && group != "." && !strings.HasSuffix(group, ".slice") {
			group = path.Dir(group)
		}
		s := running[path.Base(group)]
		s.count, s.cgroup = s.count+1, group
		if started, ok := detect.ProcessStart(p.PID); ok && (s.oldest.IsZero() || started.Before(s.oldest)) {
			s.oldest = started
		}
		running[path.Base(group)] = s
	}
	return states, running, nil
}

// memory reads what the kernel counts for a cgroup, where the memory
// controller is delegated.
func memory(cgroup string) *uint64 {
	if cgroup == "" {
		return nil
	}
	text, err := os.ReadFile(path.Join("/sys/fs/cgroup", cgroup, "memory.current"))
	if err != nil {
		return nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	if err != nil {
		return nil
	}
	return &n
}
