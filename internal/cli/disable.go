package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"ecounit/apache"
	"ecounit/apply"
	"ecounit/internal/failures"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
)

func (c *command) disable(ctx context.Context, app string, flags *cli.Context) error {
	keepLinger := true
	switch flags.String("linger") {
	case "", "on":
	case "off":
		keepLinger = false
	default:
		return usage("ecounit disable --linger=off", "--linger is on or off, not %q", flags.String("linger"))
	}
	h, end, err := c.begin(ctx, flags.Bool("dry-run"))
	if err != nil {
		return err
	}
	defer end()
	name, site, err := c.toDisable(h, app, flags.Bool("release"))
	if err != nil {
		return err
	}
	m := h.target(nil)
	change, err := c.change(ctx, m, name, apply.State{}, nil)
	if err != nil {
		return err
	}
	others, err := h.others(name)
	if err != nil {
		return err
	}
	change.To.Linger = change.From.Linger && (keepLinger || len(others) > 0)
	if err := untouched(change, flags.Bool("force")); err != nil {
		return err
	}
	if flags.Bool("dry-run") {
		return c.dryRun(change, site, flags.Bool("json"))
	}
	if err := c.carryOut(ctx, m, change); err != nil {
		return err
	}
	failures.Of(c.uid, name).Forget()
	if site.action != "" {
		if err := c.withdraw(ctx, h.hosting(), name, h.User, &site); err != nil {
			return err
		}
	}
	if flags.Bool("json") {
		err = c.JSON(changeDocument(name, apply.Diff(change), site))
		return cmp.Or(err, site.err())
	}
	if len(apply.Diff(change)) > 0 {
		c.Line(terminal.Done, "disabled", name+": stopped, and its units are removed")
	}
	if c.sayWithdrawn(site); site.action == "" {
		c.sayInclude(h, name)
	}
	c.sayLinger(change, keepLinger, others)
	return site.err()
}

// toDisable finds the app, also one of which only the site is left.
func (c *command) toDisable(h *home, app string, release bool) (name string, site siteChange, err error) {
	name, err = c.appName(h, app)
	var missing *noSuchApp
	if errors.As(err, &missing) {
		name = missing.name
	} else if err != nil {
		return "", siteChange{}, err
	}
	if site = h.toWithdraw(name, release); site.action != "" {
		err = nil
	}
	return name, site, err
}

// sayInclude: an include that was installed by hand is the administrator's
// file, and outlives the app.
func (c *command) sayInclude(h *home, name string) {
	include, server := apache.FileName(h.User.Name, name), h.webServer()
	switch server.Has(apache.File{Name: include}) {
	case webserver.Published, webserver.Outdated:
		c.Line(terminal.Attention, "published", "still, as an app that is down; your administrator removes "+server.Installed(include))
	}
}

func (c *command) sayLinger(change apply.Change, keep bool, others []string) {
	switch {
	case !change.From.Linger:
	case !change.To.Linger:
		c.Line(terminal.Done, "lingering", "off")
	case keep && len(others) == 0:
		c.Line(terminal.Attention, "lingering", "stays on; loginctl disable-linger turns it off, and next time --linger=off")
	case keep:
		c.Line(terminal.Done, "lingering", "stays on")
	default:
		c.Line(terminal.Attention, "lingering", "stays on: needed by "+strings.Join(others, ", "))
	}
}

// others are the apps that are enabled besides this one.
func (h *home) others(name string) ([]string, error) {
	apps, err := h.apps()
	return slices.DeleteFunc(apps, func(app string) bool { return app == name }), err
}
