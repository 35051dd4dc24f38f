package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/apache"
	"ecounit/internal/terminal"
	"ecounit/plan"
	"ecounit/units"
)

func (c *command) show(ctx context.Context, app string, flags *cli.Context) error {
	wantsApache := flags.Bool("apache") || flags.IsSet("apache-version")
	if wantsApache && flags.Bool("units") {
		return usage("ecounit show --help", "--units and --apache do not go together")
	}
	h, l, err := c.look(ctx, app, c.connectIfPossible, c.load, true)
	if err != nil {
		return err
	}
	defer h.close()
	if wantsApache {
		if err := l.renderApache(flags.String("apache-version")); err != nil {
			return err
		}
	}
	switch {
	case flags.Bool("json"):
		return c.JSON(struct {
			*plan.Plan
			Version int               `json:"version"`
			Units   map[string]string `json:"units"`
			Apache  string            `json:"apache,omitempty"`
			*standing
		}{l.plan, terminal.JSONVersion, texts(l.units), string(l.include.Content), h.shownStanding(l.plan)})
	case wantsApache:
		c.Data(l.include.Content)
	case flags.Bool("units"):
		c.printUnits("", l.units)
	default:
		c.showPlan(l.plan, h.shownStanding(l.plan))
	}
	return nil
}

// shownStanding is how the app's site stands, on hosts with the host service.
func (h *home) shownStanding(p *plan.Plan) *standing {
	s := h.hosting()
	if s == nil || p.Web == nil {
		return nil
	}
	found, _ := s.standing(p.Web.Site, h.User, nil)
	return &found
}

// renderApache renders the include for a release of httpd, or leaves it as it
// is for the one of this host.
func (l *loaded) renderApache(version string) error {
	if l.plan.Web == nil {
		return errors.New("cannot show an Apache include: the app has no [web]")
	}
	if version == "" {
		return nil
	}
	v, err := apache.ParseVersion(version)
	if err != nil {
		return usage("--apache-version 2.4.62", "%v", err)
	}
	l.include, err = apache.Render(l.plan.Web.Site, v)
	return err
}

func texts(files []units.File) map[string]string {
	all := map[string]string{} // encoding/json sorts the keys
	for _, f := range files {
		all[f.Name] = string(f.Content)
	}
	return all
}

func (c *command) printUnits(dir string, files []units.File) {
	for i, f := range files {
		if i > 0 {
			fmt.Fprintln(c.Out)
		}
		fmt.Fprintln(c.Out, c.OutStyle.Paint(terminal.Bold, "# "+terminal.Printable(dir+f.Name)))
		c.Data(f.Content)
	}
}

func (c *command) showPlan(p *plan.Plan, found *standing) {
	row := func(name, format string, args ...any) {
		fmt.Fprintf(c.Out, "%-12s %s\n", name, terminal.Printable(fmt.Sprintf(format, args...)))
	}
	row("app", "%s", p.Name)
	row("description", "%s", p.Description)
	row("directory", "%s", p.Directory)
	for _, file := range p.EnvFiles {
		row("env file", "%s", file)
	}
	if found != nil {
		text, problem := found.words()
		row("site", "%s, %s", found.where(p.Web.Site.Path), strings.Join(append([]string{text}, problem...), ": "))
	}
	if w := p.Web; w != nil {
		row("path", "%s (prefix: %s)", w.Site.Path, w.Site.Prefix)
		row("address", "%s (%s)", address(w.Site), holder(w))
		row("health", "%s within %s", w.Health, w.StartTimeout)
	}
	for _, s := range p.Services {
		row("process", "%s: %s", s.Process, terminal.ShellWords(s.Argv...))
		if s.Instances > 1 {
			row("", "%d instances", s.Instances)
		}
	}
	for _, j := range p.Jobs {
		row("job", "%s: %s", j.Name, terminal.ShellWords(j.Argv...))
		row("", "at %s", j.Schedule)
	}
	row("restart", "%s", restarting(p.Restart))
	if text := limits(p.Limits); text != "" {
		row("limits", "%s", text)
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

func restarting(r plan.Restart) string {
	switch {
	case r.Policy == "no":
		return "never"
	case r.MaxDelay > r.Delay:
		return fmt.Sprintf("%s, after %s to %s", r.Policy, r.Delay, r.MaxDelay)
	}
	return fmt.Sprintf("%s, after %s", r.Policy, r.Delay)
}

func limits(l plan.Limits) string {
	var parts []string
	if l.MemoryMax > 0 {
		parts = append(parts, terminal.Size(l.MemoryMax)+" memory")
	}
	if l.CPUQuota > 0 {
		parts = append(parts, fmt.Sprintf("%d%% of a processor", l.CPUQuota))
	}
	if l.TasksMax > 0 {
		parts = append(parts, fmt.Sprintf("%d tasks", l.TasksMax))
	}
	return strings.Join(parts, ", ")
}
