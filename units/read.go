package units

import "strings"

// Wants reads back which units a target of ours wants.
func Wants(content []byte) []string { return strings.Fields(setting(content, "Unit", "Wants")) }

// Reloads reports whether a service of ours can take up changes while it runs.
func Reloads(content []byte) bool { return setting(content, "Service", "ExecReload") != "" }

// setting reads the last value of a key from a file that Render wrote: one
// line a setting, without continuations.
func setting(content []byte, section, key string) string {
	value, in := "", false
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "[") {
			in = line == "["+section+"]"
		} else if name, text, found := strings.Cut(line, "="); in && found && name == key {
			value = text
		}
	}
	return value
}
