package cli

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"ecounit/plan"
)

// fromShell is what a program in a terminal needs beyond what a service has.
var fromShell = []string{"TERM", "COLORTERM", "NO_COLOR", "SSH_AUTH_SOCK"}

// environment is what systemd would give to the service: the manager's own
// variables, then those of the unit, then those of the env files (man
// systemd.exec). A later one wins.
func (c *command) environment(ctx context.Context, h *home, p *plan.Plan, s plan.Service) ([]string, error) {
	base, err := h.baseEnvironment(ctx)
	if err != nil {
		return nil, err
	}
	all := base
	for _, name := range fromShell {
		if value, set := os.LookupEnv(name); set {
			all = append(all, name+"="+value)
		}
	}
	for _, v := range s.Environment {
		all = append(all, v.Name+"="+v.Value)
	}
	for _, file := range p.EnvFiles {
		variables, err := h.EnvFile(file)
		if err != nil {
			return nil, err
		}
		for _, v := range variables {
			all = append(all, v.Name+"="+v.Value)
		}
	}
	return lastOfEach(all), nil
}

func (h *home) baseEnvironment(ctx context.Context) ([]string, error) {
	if h.manager != nil {
		return h.manager.Environment(ctx)
	}
	return []string{
		"HOME=" + h.User.Home, "USER=" + h.User.Name, "LOGNAME=" + h.User.Name,
		"PATH=/usr/local/bin:/usr/bin:/bin", fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", h.User.UID),
	}, nil
}

// lastOfEach keeps the last assignment of each variable, sorted.
func lastOfEach(assignments []string) []string {
	seen := map[string]bool{}
	var kept []string
	for _, a := range slices.Backward(assignments) {
		name, _, _ := strings.Cut(a, "=")
		if !seen[name] {
			seen[name] = true
			kept = append(kept, a)
		}
	}
	slices.Sort(kept)
	return kept
}
