package descriptor

import (
	"slices"
	"strconv"
	"strings"

	"ecounit/tomlfile"
)

// Settings are unit-file settings of one section, sorted by key.
type Settings []Setting

// Setting is one key with one value a line.
type Setting struct {
	Key    string
	Values []string
}

var settingValue = tomlfile.NewPattern(`^[^\x00-\x1f\x7f-\x9f]*$`)

// Forms lists what may be written.
func (Settings) Forms() []Form {
	scalars := []Form{{Type: "string", Pattern: settingValue}, {Type: "integer"}, {Type: "boolean"}}
	return []Form{{
		Type: "object", Pattern: settingPattern,
		Says: "is not the name of a systemd setting", Hint: "write it as in systemd.service(5): Nice, OOMScoreAdjust",
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

// ReadValue reads them from the file.
func (s *Settings) ReadValue(v tomlfile.Value) {
	if v.Kind() != tomlfile.Table {
		v.NoTable()
		return
	}
	for key, value := range v.Fields() {
		setting := Setting{Key: key}
		items := value.Items()
		switch {
		case value.Kind() != tomlfile.List:
			setting.add(value)
		case len(items) == 0:
			value.Wrong(`write "" to reset it`, "the list is empty")
		}
		for _, item := range items {
			setting.add(item)
		}
		*s = append(*s, setting)
	}
	slices.SortFunc(*s, func(a, b Setting) int { return strings.Compare(a.Key, b.Key) })
}

// add reads the value of one line of the unit file.
func (s *Setting) add(v tomlfile.Value) {
	switch v.Kind() {
	case tomlfile.String:
		value := v.Text()
		if !settingValue.MatchString(value) {
			v.Wrong("write a list for several lines", "a value cannot contain a line break or another control character")
		} else if backslashes := len(value) - len(strings.TrimRight(value, `\`)); backslashes%2 == 1 {
			v.Wrong("", "a value cannot end in a backslash: systemd would join it with the next line")
		} else {
			s.Values = append(s.Values, value)
		}
	case tomlfile.Integer:
		s.Values = append(s.Values, strconv.FormatInt(v.Int(), 10))
	case tomlfile.Boolean:
		if v.Bool() {
			s.Values = append(s.Values, "yes")
		} else {
			s.Values = append(s.Values, "no")
		}
	default:
		v.NoString("a string, a whole number or true or false")
	}
}
