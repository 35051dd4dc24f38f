package cli

// watched are the paths that the user's apps watch, by app.
func (h *home) watched() map[string][]string {
	all := map[string][]string{}
	apps, _ := h.apps() // where it cannot be known, systemd notices alone
	for _, app := range apps {
		if last, err := h.lastPlan(app); err == nil && last.Watch != nil {
			all[app] = last.Watch.All()
		}
	}
	return all
}
