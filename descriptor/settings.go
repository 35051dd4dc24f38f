package descriptor

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Settings are unit-file settings of one section, sorted by key.
type Settings []Setting

// Setting is one key with one value a line.
type Setting struct {
	Key    string
	Values []string
}

var settingValue = regexp.MustCompile(`^[^\x00-\x1f\x7f-\x9f]*$`)

// Forms lists what may be written.
func (Settings) Forms() []Form {
	scalars := []Form{{Type: "string", Pattern: settingValue}, {Type: "integer"}, {Type: "boolean"}}
	return []Form{{
		Type: "object", Pattern: settingPattern,
		says: "is not the name of a systemd setting", hint: "write it as in systemd.service(5): Nice, OOMScoreAdjust",
		Items: append(scalars, Form{Type: "array", Min: 1, Items: scalars}),
	}}
}

// decided are the settings that ecounit decides, and what to write instead: a
// second value would contradict the rest of the unit.
var decided = map[string]map[string]string{
	"unit": {"Description": "use description", "PartOf": ""},
	"service": {
		"ExecStart": "use command, wsgi or asgi", "WorkingDirectory": "use directory",
		"Environment": "use [env]", "EnvironmentFile": "use env_files",
		"Restart": "use policy in [restart]", "RestartSec": "use delay in [restart]",
		"RestartSteps": "use max_delay in [restart]", "RestartMaxDelaySec": "use max_delay in [restart]",
		"User": "services of a user run as that user", "Group": "services of a user run as that user",
		"Type": "", "Slice": "", "Sockets": "",
	},
	"socket": {"ListenStream": "use listen in [web]", "Accept": "", "Service": ""},
	"slice":  {"MemoryMax": "use memory in [limits]", "CPUQuota": "use cpu in [limits]", "TasksMax": "use tasks in [limits]"},
}

// settingsOf is the rule for the settings of one section.
func settingsOf(section string) Form {
	f := Settings(nil).Forms()[0]
	f.Taken = decided[section]
	return f
}

func (s *Settings) decode(d *decoder, path string, n *node) {
	if n.kind != table {
		d.mismatch(path, n, "a table", tableHint(path, n))
		return
	}
	for _, key := range slices.Sorted(slices.Values(n.names)) {
		at, value := joined(path, key), n.fields[key]
		setting := Setting{Key: key}
		switch {
		case value.reported:
			continue
		case value.kind != list:
			setting.add(d, at, value)
		case len(value.items) == 0:
			d.wrong(at, value, `write "" to reset it`, "the list is empty")
		default:
			for i, item := range value.items {
				setting.add(d, indexed(at, i), item)
			}
		}
		*s = append(*s, setting)
	}
}

// add reads the value of one line of the unit file.
func (s *Setting) add(d *decoder, path string, n *node) {
	switch n.kind {
	case str:
		value := n.value.(string)
		if !settingValue.MatchString(value) {
			d.wrong(path, n, "write a list for several lines", "a value cannot contain a line break or another control character")
		} else if backslashes := len(value) - len(strings.TrimRight(value, `\`)); backslashes%2 == 1 {
			d.wrong(path, n, "", "a value cannot end in a backslash: systemd would join it with the next line")
		} else {
			s.Values = append(s.Values, value)
		}
	case integer:
		s.Values = append(s.Values, strconv.FormatInt(n.value.(int64), 10))
	case boolean:
		if n.value.(bool) {
			s.Values = append(s.Values, "yes")
		} else {
			s.Values = append(s.Values, "no")
		}
	default:
		d.mismatch(path, n, "a string, a whole number or true or false", quoteHint(n))
	}
}
