package plan

import (
	"maps"
	"slices"
	"strings"

	"ecounit/descriptor"
)

// Needs are the questions that a descriptor raises about a machine. Package
// detect answers them with Facts, so that Build itself looks at nothing.
type Needs struct {
	App       string
	Directory string   // as written; relative to the descriptor's folder
	EnvFiles  []string // as written; relative to Directory
	Programs  []string // the first words of commands, each once, sorted
	Python    *PythonNeed
	Port      PortNeed
	URLFile   string   // of the database, as written; relative to Directory
	TimeZones []string // of jobs, each once, sorted
	Watch     []string // paths as written; relative to Directory
	Git       bool     // whether Directory is to be in a git repository
}

// PythonNeed asks for an interpreter. At most one of the first three is set;
// with none, the usual places are searched.
type PythonNeed struct {
	Conda       string
	Venv        string
	Interpreter string
	// Optional: without one, commands are looked up on the PATH alone.
	Optional bool
	Modules  []string
}

// PortNeed asks for a port on 127.0.0.1.
type PortNeed struct {
	Wanted bool // not needed where the app takes a socket and there is a place for one
	Number int  // 0 means: the one it had, or a free one of the user's range
}

// NeedsOf lists what must be known before the descriptor can be planned.
func NeedsOf(d *descriptor.Descriptor) Needs {
	n := Needs{App: d.Name, Directory: d.Directory, EnvFiles: d.EnvFiles}
	p := PythonNeed{Conda: d.Python.Conda, Venv: d.Python.Venv, Interpreter: d.Python.Interpreter, Optional: true}
	programs := map[string]bool{}
	if d.Web != nil {
		switch {
		case d.Web.WSGI != "":
			p.Optional, p.Modules = false, []string{"gunicorn"}
		case d.Web.ASGI != "":
			p.Optional, p.Modules = false, []string{"uvicorn"}
		case len(d.Web.Command) > 0:
			programs[program(d.Web.Command, d.Name)] = true
		}
		n.Port = PortNeed{Wanted: d.Web.Listen.Mode != descriptor.ListenSocket, Number: d.Web.Listen.Port}
	}
	for _, process := range d.Process {
		if len(process.Command) > 0 {
			programs[program(process.Command, d.Name)] = true
		}
	}
	zones := map[string]bool{}
	for _, job := range d.Job {
		if len(job.Command) > 0 {
			programs[program(job.Command, d.Name)] = true
		}
		if job.TimeZone != "" {
			zones[job.TimeZone] = true
		}
	}
	if f := d.OnFailure; f != nil {
		if len(f.Command) > 0 {
			programs[program(f.Command, d.Name)] = true
		}
		if f.Mail != "" {
			programs[Sendmail] = true
		}
	}
	n.Programs, n.TimeZones = slices.Sorted(maps.Keys(programs)), slices.Sorted(maps.Keys(zones))
	if d.Watch != nil {
		n.Watch, n.Git = d.Watch.Paths, d.Watch.Git
	}
	if d.Database != nil {
		n.URLFile = d.Database.URLFile
	}
	asked := p.Conda != "" || p.Venv != "" || p.Interpreter != ""
	usesPython := slices.ContainsFunc(n.Programs, func(s string) bool { return strings.HasPrefix(s, "python") })
	if asked || usesPython {
		p.Optional = false
	}
	if !p.Optional || len(n.Programs) > 0 {
		n.Python = &p
	}
	return n
}

// program is the first word of a command. Of the placeholders it can only have
// the one that is known before the machine was looked at.
func program(command descriptor.Command, app string) string {
	return strings.ReplaceAll(command[0], "${NAME}", app)
}
