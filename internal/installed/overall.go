package installed

// Overall sums up the states of processes in one of systemd's words;
// degraded, as in systemctl is-system-running, is some of each.
func Overall(states []string) string {
	count := map[string]int{}
	for _, state := range states {
		count[state]++
	}
	running := count["active"] + count["reloading"] + count["refreshing"]
	switch n := len(states); {
	case n == 0:
		return "inactive"
	case running == n:
		return "active"
	case count["failed"] == n:
		return "failed"
	case count["failed"] > 0:
		return "degraded"
	case count["activating"] > 0:
		return "activating"
	case count["deactivating"] > 0:
		return "deactivating"
	case running > 0:
		return "degraded"
	}
	return "inactive"
}
