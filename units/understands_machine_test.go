//go:build machine

package units_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/units"
)

// values are the hostile values of one unit.
type values struct {
	name        string
	description string
	argv        []string
	variables   []string
	directory   string
	envFile     string
	writable    []string
	wants       []string
	timeout     time.Duration
	quota       int
	memory      uint64
}

func draw(r hostile, i int, refused *int) values {
	anyPath := func(set func(*units.Section, string)) string {
		return accepted(refused, r.path, func(p string) bool {
			return p != "" && r.takes(func(s *units.Section) { set(s, p) })
		})
	}
	v := values{name: fmt.Sprintf("t%03d-", i)}
	v.name += accepted(refused, func() string { return units.EscapeComponent(r.string()) }, func(s string) bool {
		return units.ValidName(v.name+s+".service") == nil
	}) + ".service"
	v.description = accepted(refused, r.string, func(text string) bool {
		return r.takes(func(s *units.Section) { s.Text("Description", text) })
	})
	v.argv = []string{anyPath(func(s *units.Section, p string) { s.Exec("ExecStart", p) })}
	for range r.IntN(6) {
		v.argv = append(v.argv, accepted(refused, r.string, func(arg string) bool {
			return r.takes(func(s *units.Section) { s.Exec("ExecStart", "/x", arg) })
		}))
	}
	for j := range r.IntN(4) {
		value := accepted(refused, r.string, func(value string) bool {
			return r.takes(func(s *units.Section) { s.Environment("V", value) })
		})
		v.variables = append(v.variables, fmt.Sprintf("V%d=%s", j, value))
	}
	v.directory = anyPath(func(s *units.Section, p string) { s.Path("WorkingDirectory", p) })
	v.envFile = anyPath(func(s *units.Section, p string) { s.Path("EnvironmentFile", p) })
	for range r.IntN(4) {
		v.writable = append(v.writable, "-"[:r.IntN(2)]+anyPath(func(s *units.Section, p string) { s.PathList("ReadWritePaths", p) }))
	}
	for j := range r.IntN(3) {
		v.wants = append(v.wants, fmt.Sprintf("w%d-%d-", i, j)+accepted(refused, func() string { return units.EscapeComponent(r.string()) }, func(s string) bool {
			return len(s) < 200
		})+".service")
	}
	v.timeout = time.Duration(1+r.Int64N(1e15)) * time.Microsecond
	if r.IntN(10) == 0 {
		v.timeout = units.Infinity
	}
	v.quota, v.memory = 1+r.IntN(10_000), r.Uint64()>>1&^0xfff
	return v
}

func (v values) unit() *units.Unit {
	u := units.New(v.name)
	u.Section("Unit").Text("Description", v.description).Units("Wants", v.wants...)
	s := u.Section("Service").Word("Type", "oneshot").Exec("ExecStart", v.argv...)
	for _, variable := range v.variables {
		name, value, _ := strings.Cut(variable, "=")
		s.Environment(name, value)
	}
	s.Path("WorkingDirectory", v.directory).Path("EnvironmentFile", "-"+v.envFile).PathList("ReadWritePaths", v.writable...)
	s.Duration("TimeoutStopSec", v.timeout).Percent("CPUQuota", v.quota).Bytes("MemoryMax", v.memory)
	return u
}

func TestSystemdUnderstands(t *testing.T) {
	onEachSystemd(t, func(h host, r hostile) {
		home := h.t.TempDir()
		var all []values
		var names []string
		refused := 0
		for i := range roundTrips {
			v := draw(r, i, &refused)
			all, names = append(all, v), append(names, v.name)
			// The descriptor's path and the app are hostile too: the header
			// has to stay a comment.
			writeUnit(h.t, home, v.unit(), r.string(), r.string())
		}
		h.t.Logf("%d units; %d values refused before", len(all), refused)
		h.load(home)

		got := h.properties(names, "Unit", "Id", "LoadState", "Description", "Wants")
		for i, v := range all {
			h.same(v.name+" Id", got[i][0], v.name)
			h.same(v.name+" LoadState", got[i][1], "loaded")
			h.same(v.name+" Description", got[i][2], v.description)
			h.same(v.name+" Wants", sorted(h.t, got[i][3]), nonNil(slices.Sorted(slices.Values(v.wants))))
		}
		got = h.properties(names, "Service", "ExecStart", "Environment", "WorkingDirectory", "EnvironmentFiles",
			"ReadWritePaths", "TimeoutStopUSec", "CPUQuotaPerSecUSec", "MemoryMax")
		for i, v := range all {
			argv := slices.Clone(v.argv)
			for j := range argv { // what systemd keeps is not expanded yet
				argv[j] = strings.ReplaceAll(argv[j], "$", "$$")
			}
			h.same(v.name+" ExecStart", got[i][0], []any{[]any{v.argv[0], argv, false, 0, 0, 0, 0, 0, 0, 0}})
			h.same(v.name+" Environment", got[i][1], nonNil(v.variables))
			h.same(v.name+" WorkingDirectory", got[i][2], v.directory)
			h.same(v.name+" EnvironmentFiles", got[i][3], []any{[]any{globEscaped(v.envFile), true}})
			h.same(v.name+" ReadWritePaths", got[i][4], nonNil(v.writable))
			timeout := uint64(v.timeout / time.Microsecond)
			if v.timeout == units.Infinity {
				timeout = 1<<64 - 1
			}
			h.same(v.name+" TimeoutStopUSec", got[i][5], timeout)
			h.same(v.name+" CPUQuotaPerSecUSec", got[i][6], v.quota*10_000)
			h.same(v.name+" MemoryMax", got[i][7], v.memory)
		}
	})
}

func sorted(t *testing.T, list json.RawMessage) json.RawMessage {
	t.Helper()
	var words []string
	if err := json.Unmarshal(list, &words); err != nil {
		t.Fatal(err)
	}
	slices.Sort(words)
	text, err := json.Marshal(nonNil(words))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func nonNil(list []string) []string { return append([]string{}, list...) }

// globEscaped is the pattern of glob(7) for one path.
func globEscaped(path string) string {
	var out strings.Builder
	for _, r := range path {
		if strings.ContainsRune(`*?[\`, r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}
