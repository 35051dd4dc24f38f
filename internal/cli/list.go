package cli

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"ecounit/internal/hint"
	"ecounit/internal/installed"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

// listed is one app in list.
type listed struct {
	Name       string     `json:"name"`
	State      string     `json:"state"`
	Since      *time.Time `json:"since,omitempty"`
	Processes  int        `json:"processes"` // of the operating system, workers among them
	Memory     *uint64    `json:"memory,omitempty"`
	Path       string     `json:"path,omitempty"`
	*standing             // of an app with a path, where there is a host service
	Descriptor string     `json:"descriptor"`
	Problem    string     `json:"problem,omitempty"`
}

func (c *command) list(ctx context.Context, _ string, flags *cli.Context) error {
	h, err := c.connect(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	apps, err := h.listAll(ctx)
	if err != nil {
		return err
	}
	if flags.Bool("json") {
		return c.JSON(struct {
			Version int      `json:"version"`
			Apps    []listed `json:"apps"`
		}{terminal.JSONVersion, apps})
	}
	if len(apps) == 0 {
		fmt.Fprintln(c.Err, "you have no apps yet; in the folder of one type: ecounit init")
		return nil
	}
	c.printList(apps)
	if h.manager == nil {
		c.Warn("%s, so nothing of yours runs", h.whyDown(ctx))
	}
	for _, a := range apps {
		if a.Problem != "" {
			c.Warn("%s: %s; ecounit status %s says more", a.Name, a.Problem, terminal.ShellWords(a.Name))
		}
	}
	return nil
}

// listAll takes two calls to systemd, however many apps there are.
func (h *home) listAll(ctx context.Context) ([]listed, error) {
	files, err := h.places.AllUnitFiles()
	if err != nil {
		return nil, err
	}
	names := h.appsOf(files)
	apps := make([]listed, len(names))
	states, processes, err := h.runningUnits(ctx, files)
	if err != nil {
		return nil, err
	}
	for i, name := range names {
		app := listed{Name: name, State: "inactive"}
		a := installed.New(name, files[name])
		app.State = a.State(func(unit string) string { return states[unit] })
		group := processes[plan.SliceOf(name)]
		app.Processes, app.Since = group.count, moment(group.oldest)
		app.Memory = memory(group.cgroup)
		app.Descriptor, _ = os.Readlink(h.places.AppLink(name))
		app.Problem = h.brokenApp(a, app.Descriptor)
		if last, err := h.lastPlan(name); err == nil && last.Web != nil {
			app.Path = last.Web.Site.Path
			if h.hosting() != nil { // what was installed by hand, status looks for
				app.standing = new(h.standing(last.Web.Site, nil))
			}
		}
		apps[i] = app
	}
	return apps, nil
}

// address is where visitors find the app, and why they do not.
func (a listed) address() string {
	if a.standing == nil {
		return a.Path
	}
	switch a.Publication {
	case webserver.Published:
		return a.where(a.Path)
	case waiting:
		return a.Path + " (not live)"
	}
	return fmt.Sprintf("%s (%s)", a.Path, a.Publication)
}

// brokenApp says in a clause what of an app is gone, or "".
func (h *home) brokenApp(a *installed.App, descriptor string) string {
	if len(a.Files) == 0 {
		return "its units are gone"
	}
	if descriptor == "" {
		return "the link to its descriptor is gone"
	}
	if _, err := os.Stat(descriptor); err != nil {
		return fmt.Sprintf("cannot read %s: %v", descriptor, hint.Reason(err))
	}
	return ""
}

func (c *command) printList(apps []listed) {
	var rows [][]string
	var states []string
	for _, a := range apps {
		up, mem := "-", "-"
		if a.Since != nil {
			up = terminal.Span(time.Since(*a.Since))
		}
		if a.Memory != nil {
			mem = terminal.Size(*a.Memory)
		}
		rows = append(rows, []string{a.Name, a.State, up, strconv.Itoa(a.Processes), mem, a.address()})
		states = append(states, a.State)
	}
	c.Table([]string{"NAME", "STATE", "UP", "PROCESSES", "MEMORY", "PATH"}, rows, states)
}
