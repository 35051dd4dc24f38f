package cli

import (
	"fmt"
	"strings"

	"ecounit/internal/hint"
	"ecounit/internal/installed"
)

// installedApp reads the units of an app that is enabled. There are none when
// somebody deleted them.
func (h *home) installedApp(name string) (*installed.App, error) {
	files, err := h.places.UnitFiles(name)
	if err != nil {
		return nil, err
	}
	return installed.New(name, files), nil
}

// withUnits finds an app that is enabled, for verbs that need its units.
func (c *command) withUnits(h *home, app string) (*installed.App, error) {
	name, err := c.appName(h, app)
	if err != nil {
		return nil, err
	}
	a, err := h.installedApp(name)
	if err == nil && len(a.Files) == 0 {
		err = hint.With(fmt.Errorf("cannot find the units of %s", name), "ecounit enable %s writes them again", name)
	}
	return a, err
}

// processUnits are the units of one process or job, or of all.
func processUnits(a *installed.App, process string) ([]string, error) {
	chosen := a.Of(process)
	if len(chosen) == 0 && process != "" {
		return nil, noProcess(a.Name, process, a.Processes())
	}
	return chosen, nil
}

func noProcess(app, process string, known []string) error {
	return usage("its processes are "+strings.Join(known, ", "), "%s has no process %q", app, process)
}
