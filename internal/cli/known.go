package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"ecounit/detect"
	"ecounit/plan"
	"ecounit/units"
)

// known is what the files of the user's apps say about ports. They are read
// from the units, so that a port stays the same when the state is lost.
func (h *home) known(path, app string) (detect.Known, error) {
	known := detect.Known{Descriptor: path, Systemd: h.systemd, TakenPorts: map[int]string{}}
	files, err := h.places.AllUnitFiles()
	for _, other := range h.appsOf(files) {
		port := h.portOf(other, files[other])
		switch {
		case port == 0:
		case other == app:
			known.KeptPort = port
		default:
			known.TakenPorts[port] = other
		}
	}
	if s := h.hosting(); s != nil {
		known.FirstPort, known.LastPort = s.policy.FirstPort, s.policy.LastPort
		known.PortHolder = s.portHolder(app, h.User)
	}
	return known, err
}

func (h *home) portOf(app string, files []units.File) int {
	for _, f := range files {
		if filepath.Ext(f.Name) == ".socket" {
			if port, _, ok := units.ListenStream(f.Content); ok {
				return port
			}
		}
	}
	if last, err := h.lastPlan(app); err == nil && last.Web != nil {
		return last.Web.Site.Port
	}
	return 0
}

// lastPlan reads the plan that was applied last.
func (h *home) lastPlan(app string) (*plan.Plan, error) {
	text, err := os.ReadFile(h.places.PlanFile(app))
	if err != nil {
		return nil, err
	}
	var p plan.Plan
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, fmt.Errorf("cannot use %s: %w", h.places.PlanFile(app), err)
	}
	if p.Version != plan.Version {
		return nil, fmt.Errorf("cannot use %s: it is of another version of ecounit", h.places.PlanFile(app))
	}
	return &p, nil
}

// otherFolder is the descriptor of another app of that name, or "". An app that
// was moved is the same app: its old descriptor is gone.
func (h *home) otherFolder(app, path string) string {
	linked, err := os.Readlink(h.places.AppLink(app))
	if err != nil {
		return ""
	}
	before, err := os.Stat(linked)
	if err != nil {
		return ""
	}
	if now, err := os.Stat(path); err == nil && os.SameFile(before, now) {
		return ""
	}
	return linked
}

// otherName is another app that is enabled from the same file, or "".
func (h *home) otherName(app, path string) string {
	apps, _ := h.apps() // where it cannot be known, both can be disabled later
	for _, other := range apps {
		if linked, err := os.Readlink(h.places.AppLink(other)); err == nil && other != app && sameFile(linked, path) {
			return other
		}
	}
	return ""
}
