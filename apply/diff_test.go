package apply

import (
	"strings"
	"testing"

	"ecounit/units"
)

const unitDir = "/u"

// app is a state in which everything is up.
func app(files map[string]string, running ...string) State {
	s := State{Linger: true, Enabled: true, Running: union(running, nil)}
	for _, name := range union(keys(files), nil) {
		s.Units = append(s.Units, units.File{Name: name, Content: []byte(files[name])})
	}
	return s
}

func keys(files map[string]string) []string {
	var names []string
	for name := range files {
		names = append(names, name)
	}
	return names
}

func TestDiffListsTheStepsInOrder(t *testing.T) {
	web := map[string]string{"a.target": "t", "a.socket": "s", "a.service": "w"}
	all := []string{"a.target", "a.socket", "a.service", "app-a.slice"}
	with := func(base map[string]string, name, content string) map[string]string {
		changed := map[string]string{}
		for k, v := range base {
			changed[k] = v
		}
		if content == "" {
			delete(changed, name)
		} else {
			changed[name] = content
		}
		return changed
	}
	tests := []struct {
		name     string
		from, to State
		more     func(*Change)
		want     []string
	}{
		{name: "nothing to do", from: app(web, all...), to: app(web, all...)},
		{
			name: "first enable", from: State{}, to: app(web, all...),
			want: []string{"linger", "write a.service a.socket a.target", "enable a.target", "reload", "start a.service a.socket a.target app-a.slice", "health a.service"},
		},
		{
			name: "first enable of a user who lingers already", from: State{Linger: true}, to: app(web, all...),
			want: []string{"write a.service a.socket a.target", "enable a.target", "reload", "start a.service a.socket a.target app-a.slice", "health a.service"},
		},
		{
			name: "changed service keeps its socket", from: app(web, all...), to: app(with(web, "a.service", "w2"), all...),
			want: []string{"write a.service", "reload", "restart a.service", "health a.service"},
		},
		{
			name: "changed socket needs the service to let go", from: app(web, all...), to: app(with(web, "a.socket", "s2"), all...),
			want: []string{"stop a.service a.socket", "write a.socket", "reload", "start a.service a.socket", "health a.service"},
		},
		{
			name: "a socket for a service that listened by itself",
			from: app(with(web, "a.socket", ""), "a.target", "a.service"), to: app(with(web, "a.service", "w2"), "a.target", "a.service", "a.socket"),
			want: []string{"stop a.service", "write a.service a.socket", "reload", "start a.service a.socket", "health a.service"},
		},
		{
			name: "limits take effect without a restart",
			from: app(with(web, "app-a.slice", "1"), all...), to: app(with(web, "app-a.slice", "2"), all...),
			want: []string{"write app-a.slice", "reload"},
		},
		{
			name: "new process", from: app(web, all...), to: app(with(with(web, "a-w.service", "p"), "a.target", "t2"), append(all, "a-w.service")...),
			want: []string{"write a-w.service a.target", "reload", "start a-w.service", "health a-w.service"},
		},
		{
			name: "fewer instances",
			from: app(map[string]string{"a-w@.service": "p", "a.target": "t"}, "a-w@1.service", "a-w@2.service", "a.target"),
			to:   app(map[string]string{"a-w@.service": "p", "a.target": "t2"}, "a-w@1.service", "a.target"),
			want: []string{"stop a-w@2.service", "write a.target", "reload", "reset-state a-w@2.service"},
		},
		{
			name: "changed template restarts its instances",
			from: app(map[string]string{"a-w@.service": "p"}, "a-w@1.service", "a-w@2.service"),
			to:   app(map[string]string{"a-w@.service": "q"}, "a-w@1.service", "a-w@2.service"),
			want: []string{"write a-w@.service", "reload", "restart a-w@1.service a-w@2.service", "health a-w@1.service a-w@2.service"},
		},
		{
			name: "stopped app is started", from: app(web, "app-a.slice"), to: app(web, all...),
			want: []string{"start a.service a.socket a.target", "health a.service"},
		},
		{
			name: "disable", from: app(web, all...), to: State{Linger: true},
			want: []string{"stop a.service a.socket a.target app-a.slice", "disable a.target", "write a.service a.socket a.target", "reload", "reset-state a.service a.socket a.target app-a.slice"},
		},
		{
			name: "disable with linger off", from: app(web, all...), to: State{},
			want: []string{"stop a.service a.socket a.target app-a.slice", "disable a.target", "write a.service a.socket a.target", "reload", "reset-state a.service a.socket a.target app-a.slice", "linger-off"},
		},
		{
			name: "after an interruption nothing that runs is trusted", from: app(web, all...), to: app(web, all...),
			more: func(c *Change) { c.Interrupted = true },
			want: []string{"stop a.service a.socket", "reload", "start a.service a.socket", "health a.service"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			change := Change{App: "a", UnitDir: unitDir, From: tt.from, To: tt.to}
			if tt.more != nil {
				tt.more(&change)
			}
			got := words(Diff(change))
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}
}

// words are the steps in short.
func words(steps []Step) []string {
	var all []string
	for _, s := range steps {
		names := s.Units
		for _, f := range s.Files {
			names = append(names, strings.TrimPrefix(f.Path, unitDir+"/"))
		}
		if s.Action == Write {
			names = union(names, nil)
		}
		all = append(all, strings.TrimSpace(string(s.Action)+" "+strings.Join(names, " ")))
	}
	return all
}

func TestDiffWithItselfIsEmptyAndThereAndBackMeets(t *testing.T) {
	web := app(map[string]string{"a.target": "t", "a.service": "w"}, "a.target", "a.service")
	changed := app(map[string]string{"a.target": "t", "a.service": "v"}, "a.target", "a.service")
	for _, s := range []State{{}, web, changed} {
		if steps := Diff(Change{App: "a", UnitDir: unitDir, From: s, To: s}); len(steps) > 0 {
			t.Errorf("a state differs from itself: %v", steps)
		}
	}
	there := words(Diff(Change{App: "a", UnitDir: unitDir, From: web, To: changed}))
	back := words(Diff(Change{App: "a", UnitDir: unitDir, From: changed, To: web}))
	if strings.Join(there, "|") != strings.Join(back, "|") {
		t.Errorf("there %v, back %v", there, back)
	}
}
