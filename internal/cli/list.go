package cli

import (
	"context"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/detect"
	"ecounit/plan"
	"ecounit/units"
)

// listed is one app in list.
type listed struct {
	Name       string     `json:"name"`
	State      string     `json:"state"`
	Since      *time.Time `json:"since,omitempty"`
	Processes  int        `json:"processes"` // of the operating system, workers among them
	Memory     *uint64    `json:"memory,omitempty"`
	Path       string     `json:"path,omitempty"`
	Descriptor string     `json:"descriptor"`
}

func (c *command) list(ctx context.Context, app string, flags *cli.Context) error {
	if app != "" {
		return usage("ecounit status "+app, "list takes no app")
	}
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	apps, err := c.listAll(ctx, h)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.json(struct {
			Version int      `json:"version"`
			Apps    []listed `json:"apps"`
		}{jsonVersion, apps})
	}
	if len(apps) == 0 {
		fmt.Fprintln(c.Err, "you have no apps yet; in the folder of one type: ecounit init")
		return nil
	}
	c.printList(apps)
	return nil
}

// listAll takes two calls to systemd, however many apps there are.
func (c *command) listAll(ctx context.Context, h *host) ([]listed, error) {
	files, err := h.places.AllUnitFiles()
	if err != nil {
		return nil, err
	}
	names := h.appsOf(files)
	apps := make([]listed, len(names))
	states, processes, err := c.runningUnits(ctx, h, files)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		app := listed{Name: name, State: "inactive"}
		a := newInstalled(name, files[name])
		var services []processStatus
		for _, unit := range a.services {
			services = append(services, processStatus{State: states[unit]})
		}
		app.State = overall(services, states[plan.TargetOf(name)] == "active")
		group := processes[plan.SliceOf(name)]
		app.Processes, app.Since = group.count, moment(group.oldest)
		app.Memory = memory(group.cgroup)
		app.Descriptor, _ = os.Readlink(h.places.AppLink(name))
		if last, err := h.lastPlan(name); err == nil && last.Web != nil {
			app.Path = last.Web.Site.Path
		}
		apps[i] = app
	}
	return apps, nil
}

// slice is what runs in the slice of an app.
type slice struct {
	count  int
	oldest time.Time
	cgroup string
}

func (c *command) runningUnits(ctx context.Context, h *host, files map[string][]units.File) (map[string]string, map[string]slice, error) {
	states, slices := map[string]string{}, map[string]slice{}
	if h.manager == nil || len(files) == 0 {
		return states, slices, nil
	}
	var wanted []string
	for name, of := range files {
		wanted = append(wanted, newInstalled(name, of).all()...)
	}
	found, err := h.manager.Units(ctx, wanted...)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range found {
		states[u.Name] = u.ActiveState
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
		s := slices[path.Base(group)]
		s.count, s.cgroup = s.count+1, group
		if started, ok := detect.ProcessStart(p.PID); ok && (s.oldest.IsZero() || started.Before(s.oldest)) {
			s.oldest = started
		}
		slices[path.Base(group)] = s
	}
	return states, slices, nil
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

func (c *command) printList(apps []listed) {
	rows := [][]string{{"  NAME", "STATE", "UP", "PROCESSES", "MEMORY", "PATH"}}
	for _, a := range apps {
		up, mem := "-", "-"
		if a.Since != nil {
			up = span(time.Since(*a.Since))
		}
		if a.Memory != nil {
			mem = size(*a.Memory)
		}
		rows = append(rows, []string{"  " + a.Name, a.State, up, strconv.Itoa(a.Processes), mem, a.Path})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len(cell)) // all ASCII
		}
	}
	for i, row := range rows {
		line := ""
		for j, cell := range row {
			line += fmt.Sprintf("%-*s  ", widths[j], cell)
		}
		if i > 0 {
			line = c.OutStyle.dot(apps[i-1].State) + line[1:]
		}
		fmt.Fprintln(c.Out, strings.TrimRight(line, " "))
	}
}
