package dbusctl

import (
	"slices"
	"strings"
)

// question is for one property of an interface or, with an empty name, all.
type question struct{ face, name string }

// questionsOf a unit are those for everything that Details has. Of the interface
// that all units have, all properties are read: it takes the manager no longer
// than ten of them. Those of a type are read one by one: a service has three
// hundred.
func questionsOf(u Unit) []question {
	face := typeFace(u.Name)
	names := typeProperties[face]
	if u.ActiveState != "inactive" {
		names = slices.Concat(names, runProperties[face])
	}
	questions := []question{{unitFace, ""}}
	for _, name := range names {
		questions = append(questions, question{face, name})
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
			"MainPID", "NRestarts",
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
