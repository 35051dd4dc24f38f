package dbusctl

import (
	"slices"
	"strings"
)

// question is for one property of an interface or, with an empty name, all.
type question struct{ face, name string }

// everything that Details has. Of the interface that all units have, all
// properties are read: it takes the manager no longer than ten of them. Those
// of a type are read one by one: a service has three hundred.
func everything(u Unit) []question {
	return append([]question{{unitFace, ""}}, ofType(u, "Result", "ExecMainCode", "ExecMainStatus", "ExecMainStartTimestamp",
		"LastTriggerUSec", "NextElapseUSecRealtime", "MainPID", "NRestarts", "StatusText",
		"ControlGroup", "MemoryCurrent", "CPUUsageNSec", "TasksCurrent")...)
}

// gist is what Brief reads of each unit.
func gist(u Unit) []question {
	if u.ActiveState == "inactive" {
		return nil
	}
	return append([]question{{unitFace, "StateChangeTimestamp"}},
		ofType(u, "Result", "MainPID", "NRestarts", "MemoryCurrent")...)
}

// ofType are the questions for those of the properties that units of the type
// have, and have in that state.
func ofType(u Unit, names ...string) []question {
	var questions []question
	face := typeFace(u.Name)
	for _, p := range names {
		if slices.Contains(typeProperties[face], p) ||
			slices.Contains(runProperties[face], p) && u.ActiveState != "inactive" {
			questions = append(questions, question{face, p})
		}
	}
	return questions
}

var (
	// typeProperties are those that outlive a run, by interface.
	typeProperties = map[string][]string{
		systemdName + ".Service": {"Result", "ExecMainCode", "ExecMainStatus", "ExecMainStartTimestamp"},
		systemdName + ".Socket":  {"Result"},
		systemdName + ".Timer":   {"Result", "LastTriggerUSec", "NextElapseUSecRealtime"},
		systemdName + ".Path":    {"Result"},
	}
	// runProperties are those of a unit that runs.
	runProperties = map[string][]string{
		systemdName + ".Service": {
			"MainPID", "NRestarts", "StatusText",
			"ControlGroup", "MemoryCurrent", "CPUUsageNSec", "TasksCurrent",
		},
		systemdName + ".Socket": {"ControlGroup", "MemoryCurrent", "CPUUsageNSec", "TasksCurrent"},
		systemdName + ".Slice":  {"ControlGroup", "MemoryCurrent", "CPUUsageNSec", "TasksCurrent"},
	}
)

// typeFace is the interface that units of the name's type have.
func typeFace(name string) string {
	suffix := name[strings.LastIndexByte(name, '.')+1:]
	if suffix == "" {
		return ""
	}
	return systemdName + "." + strings.ToUpper(suffix[:1]) + suffix[1:]
}
