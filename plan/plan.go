package plan

import (
	"strconv"
	"strings"
	"time"
)

// Version is the version of the Plan's JSON form. It grows when a field
// changes its meaning or goes away.
const Version = 1

// Plan is an app with every default decided. Lists are sorted; two equal
// descriptors on the same machine give equal plans.
type Plan struct {
	Version     int        `json:"version"`
	Name        string     `json:"name"`
	Description string     `json:"description"`
	User        User       `json:"user"`
	Systemd     Systemd    `json:"systemd"`
	Descriptor  string     `json:"descriptor"` // absolute path
	Directory   string     `json:"directory"`  // absolute path
	EnvFiles    []string   `json:"env_files"`  // absolute paths
	Services    []Service  `json:"services"`   // the web process first
	Web         *Web       `json:"web,omitempty"`
	Database    *Database  `json:"database,omitempty"`
	Jobs        []Job      `json:"jobs,omitempty"` // sorted by name
	Watch       *Watch     `json:"watch,omitempty"`
	OnFailure   *OnFailure `json:"on_failure,omitempty"`
	Restart     Restart    `json:"restart"`
	Limits      Limits     `json:"limits"`
	Sandbox     string     `json:"sandbox"` // off, basic, strict
	Extra       Extra      `json:"extra"`
}

// Service is one kind of process.
type Service struct {
	Process     string     `json:"process"` // "web" or the name in [process.NAME]
	Argv        []string   `json:"argv"`    // Argv[0] is absolute
	Environment []Variable `json:"environment"`
	Instances   int        `json:"instances"`
	Notify      bool       `json:"notify"`    // says READY=1 (sd_notify(3))
	ReloadHUP   bool       `json:"reload"`    // SIGHUP takes up new code without losing a request
	MainFirst   bool       `json:"kill_main"` // on stop only the main process is asked; it ends its workers
}

// Variable is an environment variable.
type Variable struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Web is how the web process is reached.
type Web struct {
	Site         Site          `json:"site"`
	Activated    bool          `json:"activated"`     // systemd holds the listening socket
	Health       string        `json:"health"`        // the path that is asked, as the app sees it
	StartTimeout time.Duration `json:"start_timeout"` // nanoseconds in JSON
}

// Restart is what happens when a process ends.
type Restart struct {
	Policy   string        `json:"policy"` // as in Restart= of systemd.service(5)
	Delay    time.Duration `json:"delay"`
	MaxDelay time.Duration `json:"max_delay"` // what the delay grows to; 0: it does not grow
}

// Limits hold for the app's slice; zero means none.
type Limits struct {
	MemoryMax uint64 `json:"memory_max"` // bytes
	CPUQuota  int    `json:"cpu_quota"`  // per cent of one processor
	TasksMax  int    `json:"tasks_max"`
}

// Extra are the user's own settings by section.
type Extra struct {
	Unit    []Setting `json:"unit"`
	Service []Setting `json:"service"`
	Socket  []Setting `json:"socket"`
	Slice   []Setting `json:"slice"`
}

// Setting is one key of a unit file with one value a line.
type Setting struct {
	Key    string   `json:"key"`
	Values []string `json:"values"`
}

// WebProcess is the name of the web process among the services.
const WebProcess = "web"

// Target is the unit that stands for the whole app.
func (p *Plan) Target() string { return TargetOf(p.Name) }

// TargetOf is the target of the app with that name.
func TargetOf(app string) string { return app + ".target" }

// Slice is the unit that holds all processes of the app.
func (p *Plan) Slice() string { return SliceOf(p.Name) }

// SliceOf escapes the dashes: systemd would read them as nested slices
// (systemd.slice(5)).
func SliceOf(app string) string { return "app-" + strings.ReplaceAll(app, "-", `\x2d`) + ".slice" }

// Socket is the unit that holds the listening socket, or "" where the app
// listens by itself.
func (p *Plan) Socket() string {
	if p.Web == nil || !p.Web.Activated {
		return ""
	}
	return p.Name + ".socket"
}

// UnitFile is the name of the file that describes the service.
func (p *Plan) UnitFile(s Service) string {
	switch {
	case s.Process == WebProcess:
		return p.Name + ".service"
	case s.Instances > 1:
		return p.Name + "-" + s.Process + "@.service"
	}
	return p.Name + "-" + s.Process + ".service"
}

// Units are the names that run for the service: one, or one for each instance.
func (p *Plan) Units(s Service) []string {
	file := p.UnitFile(s)
	prefix, suffix, isTemplate := strings.Cut(file, "@.")
	if !isTemplate {
		return []string{file}
	}
	names := make([]string, s.Instances)
	for i := range names {
		names[i] = prefix + "@" + strconv.Itoa(i+1) + "." + suffix
	}
	return names
}

// Activators are the names of the units that start others later: timers, and
// what watches the code.
func (p *Plan) Activators() []string {
	var names []string
	for _, j := range p.Jobs {
		if !j.AtBoot {
			names = append(names, p.Timer(j))
		}
	}
	return append(names, p.WatchPaths()...)
}

// AllServices are the names of all units that run processes all the time.
func (p *Plan) AllServices() []string {
	var names []string
	for _, s := range p.Services {
		names = append(names, p.Units(s)...)
	}
	return names
}
