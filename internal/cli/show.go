package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"ecounit/apache"
	"ecounit/plan"
	"ecounit/units"
)

func (c *command) show(ctx context.Context, app string, flags *cli.Context) error {
	h, err := c.connectIfPossible(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	l, err := c.load(h, app)
	if err != nil {
		return err
	}
	if err := c.usable(ctx, l); err != nil {
		return err
	}
	switch {
	case flags.Bool("apache"):
		return c.showApache(l, flags.String("apache-version"))
	case flags.Bool("json"):
		return c.json(struct {
			*plan.Plan
			Version int               `json:"version"`
			Units   map[string]string `json:"units"`
			Apache  string            `json:"apache,omitempty"`
		}{l.plan, jsonVersion, texts(l.units), string(l.include.Content)})
	case flags.Bool("units"):
		c.printUnits(l.units)
		return nil
	}
	c.showPlan(l.plan)
	return nil
}

func (c *command) showApache(l *loaded, version string) error {
	if l.plan.Web == nil {
		return errors.New("cannot show an Apache include: the app has no [web]")
	}
	include := l.include
	if version != "" {
		v, err := apache.ParseVersion(version)
		if err != nil {
			return usage("--apache-version 2.4.62", "%v", err)
		}
		if include, err = apache.Render(l.plan.Web.Site, v); err != nil {
			return err
		}
	}
	_, err := c.Out.Write(include.Content)
	return err
}

func texts(files []units.File) map[string]string {
	all := map[string]string{} // encoding/json sorts the keys
	for _, f := range files {
		all[f.Name] = string(f.Content)
	}
	return all
}

func (c *command) printUnits(files []units.File) {
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(c.Out)
		}
		fmt.Fprintf(c.Out, "%s\n%s", c.OutStyle.paint(bold, "# "+f.Name), f.Content)
	}
}

func (c *command) showPlan(p *plan.Plan) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(c.Out, "%-12s %s\n", name, fmt.Sprintf(format, args...))
	}
	row("app", "%s", p.Name)
	row("description", "%s", p.Description)
	row("directory", "%s", p.Directory)
	for _, file := range p.EnvFiles {
		row("env file", "%s", file)
	}
	if w := p.Web; w != nil {
		row("path", "%s (prefix: %s)", w.Site.Path, w.Site.Prefix)
		row("address", "%s (%s)", address(w.Site), holder(w))
		row("health", "%s within %s", w.Health, w.StartTimeout)
	}
	for _, s := range p.Services {
		row("process", "%s: %s", s.Process, shellWords(s.Argv))
		if s.Instances > 1 {
			row("", "%d instances", s.Instances)
		}
	}
	row("restart", "%s, after %s", p.Restart.Policy, p.Restart.Delay)
	if l := p.Limits; l.MemoryMax > 0 || l.CPUQuota > 0 || l.TasksMax > 0 {
		row("limits", "%s", limits(l))
	}
	row("sandbox", "%s", p.Sandbox)
}

func address(s plan.Site) string {
	if s.Port != 0 {
		return fmt.Sprintf("127.0.0.1:%d", s.Port)
	}
	return s.Socket
}

func holder(w *plan.Web) string {
	if w.Activated {
		return "held by systemd, also during restarts"
	}
	return "held by the app itself"
}

func limits(l plan.Limits) string {
	text := ""
	add := func(s string) {
		if text != "" {
			text += ", "
		}
		text += s
	}
	if l.MemoryMax > 0 {
		add(size(l.MemoryMax) + " memory")
	}
	if l.CPUQuota > 0 {
		add(fmt.Sprintf("%d%% of a processor", l.CPUQuota))
	}
	if l.TasksMax > 0 {
		add(fmt.Sprintf("%d tasks", l.TasksMax))
	}
	return text
}
