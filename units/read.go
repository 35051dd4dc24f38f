package units

import "strings"

// FileOf is the file that describes the unit: app-worker@2.service is
// described by app-worker@.service.
func FileOf(unit string) string {
	prefix, rest, isInstance := strings.Cut(unit, "@")
	if !isInstance {
		return unit
	}
	return prefix + "@" + rest[strings.LastIndexByte(rest, '.'):]
}

// Wants reads back which units a target of ours wants.
func Wants(content []byte) []string { return strings.Fields(setting(content, "Unit", "Wants")) }

// Reloads reports whether a service of ours can take up changes while it runs.
func Reloads(content []byte) bool { return setting(content, "Service", "ExecReload") != "" }

// EndsByItself reports whether a service of ours is none that is meant to run
// all the time: a job, or what is started when something happens. The same goes
// for the timer that waits until a process runs again.
func EndsByItself(content []byte) bool {
	return setting(content, "Service", "Type") == "oneshot" || setting(content, "Timer", "OnActiveSec") != ""
}

// MayBeDone reports whether a service of ours that ended well is done: nothing
// starts it again (policy = "never").
func MayBeDone(content []byte) bool {
	return setting(content, "Service", "Restart") == "no" && !EndsByItself(content)
}

// AtBoot reports whether a service of ours is a job of @reboot.
func AtBoot(content []byte) bool {
	return EndsByItself(content) && setting(content, "Install", "WantedBy") == atBoot
}

// Calendars are the times of a timer of ours.
func Calendars(content []byte) []string { return settings(content, "Timer", "OnCalendar") }

// Persistent reports whether systemd keeps over a boot when a timer of ours
// last came.
func Persistent(content []byte) bool { return setting(content, "Timer", "Persistent") == "yes" }

// setting reads the last value of a key from a file that Render wrote: one
// line a setting, without continuations.
func setting(content []byte, section, key string) string {
	values := settings(content, section, key)
	if len(values) == 0 {
		return ""
	}
	return values[len(values)-1]
}

// settings reads all values of a key.
func settings(content []byte, section, key string) (values []string) {
	in := false
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\n")
		if strings.HasPrefix(line, "[") {
			in = line == "["+section+"]"
		} else if name, text, found := strings.Cut(line, "="); in && found && name == key {
			values = append(values, text)
		}
	}
	return values
}
