package supervisor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
	"ecounit/report"
)

// Input is a configuration, and what is known of how it is used.
type Input struct {
	conf.Input
	User    string                 // whose it is
	Started string                 // the folder in which supervisord is started; "": the home directory
	Taken   func(name string) bool // names that apps cannot have; nil is none
}

// Import reads a supervisord.conf and what it includes. Where supervisor would
// refuse it, the report has errors and there are no apps.
func Import(in Input) migrate.Result {
	config, mistakes := conf.Read(in.Input)
	im := &importer{in: in, config: config, names: map[string]bool{}}
	for _, m := range mistakes {
		im.verdicts.Say(m.File, m.Line, report.Error, hintFor(m), "supervisor does not start with this: %s", m.Message)
	}
	if len(mistakes) > 0 || im.holdsNUL() {
		return migrate.Result{Report: im.verdicts.Report()}
	}
	for _, g := range config.Groups {
		switch g.Kind {
		case conf.EventListeners:
			im.listener(g)
		case conf.FastCGI:
			im.fastCGI(g)
		default:
			im.group(g)
		}
	}
	im.daemon()
	im.everyProgram()
	im.everyLine()
	migrate.Place(im.apps, in.Home)
	apps := im.verdicts.Passing(im.apps, in.File)
	return migrate.Result{Apps: apps, Report: im.verdicts.Report()}
}

// holdsNUL finds what no descriptor can hold. No program can be given it, so
// that supervisor starts, and fails to start the program.
func (im *importer) holdsNUL() bool {
	found := false
	for _, l := range im.config.Lines {
		text := l.Key + l.Value
		if l.Kind == conf.Header {
			text = l.Section
		}
		if strings.ContainsRune(text, 0) {
			im.verdicts.Say(l.File, l.Number, report.Error, "write the line anew", "the line holds a NUL character")
			found = true
		}
	}
	return found
}

var fromShell = lazy.Regexp(`%\(ENV_([A-Za-z_][A-Za-z0-9_]*)\)`)

// hintFor is for variables that this shell does not have, and the one in which
// supervisord was started had.
func hintFor(m conf.Mistake) string {
	if found := fromShell().FindStringSubmatch(m.Message); found != nil {
		return "type export " + found[1] + "=… with what it is where supervisord is started, then import again"
	}
	return ""
}

type importer struct {
	in       Input
	config   *conf.Config
	verdicts migrate.Verdicts
	apps     []*migrate.App
	names    map[string]bool

	usesJournal bool // for the output of a program
}

// say gives a verdict on an option, if it is set.
func (im *importer) say(section, key string, is report.Severity, hint, format string, args ...any) {
	if at, ok := im.config.Where(section, key); ok {
		im.verdicts.Say(at.File, at.Line, is, hint, "%s: %s", key, fmt.Sprintf(format, args...))
	}
}

func (im *importer) isSet(section, key string) bool {
	_, ok := im.config.Where(section, key)
	return ok
}

// header gives a verdict on a section, wherever it is opened.
func (im *importer) header(section string, is report.Severity, hint, format string, args ...any) {
	for _, l := range im.config.Lines {
		if l.Kind == conf.Header && l.Section == section {
			im.verdicts.Say(l.File, l.Number, is, hint, "[%s]: %s", section, fmt.Sprintf(format, args...))
		}
	}
}

// group makes one app of a group, or several where its programs differ in what
// an app has only once.
func (im *importer) group(g conf.Group) {
	var parts []*part
	sections := sectionsOf(g)
	for _, section := range sections {
		of := slices.DeleteFunc(slices.Clone(g.Processes), func(p conf.Process) bool { return p.Section != section })
		p, ok := im.program(section, of, len(sections) > 1)
		if !ok {
			continue
		}
		i := slices.IndexFunc(parts, func(other *part) bool { return other.conflict(p) == "" })
		if i >= 0 {
			parts[i].join(p)
			continue
		}
		reason := ""
		if len(parts) > 0 {
			reason = parts[0].conflict(p)
		}
		parts = append(parts, &part{programs: []*program{p}, reason: reason})
	}
	for i, p := range parts {
		name := g.Name
		if i > 0 {
			name += "-" + p.programs[0].name
		}
		im.app(g, p, migrate.Name(name, "app"))
	}
	if g.Kind == conf.Heterogeneous {
		im.groupVerdict(g, parts)
	}
}

func (im *importer) groupVerdict(g conf.Group, parts []*part) {
	section := string(conf.Heterogeneous) + ":" + g.Name
	var apps []string
	var reasons []string
	for _, p := range parts {
		apps = append(apps, p.app.Descriptor.Name)
		if p.reason != "" {
			reasons = append(reasons, p.reason)
		}
	}
	switch {
	case len(parts) == 0:
		im.header(section, migrate.NotNeeded, "", "nothing is in it")
		im.say(section, "programs", migrate.NotNeeded, "", "nothing is in it")
	case len(parts) == 1:
		im.header(section, migrate.Kept, "", "the app %s", apps[0])
		im.say(section, "programs", migrate.Kept, "", "the processes of the app %s", apps[0])
	default:
		im.header(section, migrate.Changed, "", "the apps %s", strings.Join(apps, ", "))
		im.say(section, "programs", migrate.Changed, "", "these became %d apps: %s", len(apps), strings.Join(reasons, "; "))
	}
	im.say(section, "priority", migrate.Changed, "", "apps start side by side; one that needs another tries again until it is there")
}

func sectionsOf(g conf.Group) (sections []string) {
	for _, p := range g.Processes {
		if !slices.Contains(sections, p.Section) {
			sections = append(sections, p.Section)
		}
	}
	return sections
}

// app writes the descriptor of a part of a group.
func (im *importer) app(g conf.Group, p *part, name string) {
	name = migrate.Unique(name, func(s string) bool { return im.names[s] || im.in.Taken != nil && im.in.Taken(s) })
	im.names[name] = true
	d := &descriptor.Descriptor{Name: name, Env: p.env()}
	p.app = &migrate.App{Descriptor: d, Directory: p.programs[0].directory, Off: p.programs[0].off}
	for _, program := range p.programs {
		im.addTo(p.app, program)
		for _, process := range program.processes {
			at, _ := im.config.Where(program.section, "command")
			p.app.Old = append(p.app.Old, migrate.Old{Kind: "supervisor", Name: g.Name + ":" + process.Name, File: at.File, Line: at.Line})
		}
	}
	first := p.programs[0]
	d.Restart.Policy = first.policy
	service, areLogsShared := p.service()
	d.Systemd.Unit, d.Systemd.Service = settings(first.unit), settings(service)
	shared := ""
	if areLogsShared {
		shared = name
	}
	for _, program := range p.programs {
		im.logVerdicts(program, shared)
		if !maps.Equal(program.env, d.Env) {
			im.say(program.section, "environment", migrate.Changed, "", "all processes of the app have the variables of all")
		}
	}
	im.apps = append(im.apps, p.app)
}

// addTo adds the processes of a program.
func (im *importer) addTo(app *migrate.App, p *program) {
	d := app.Descriptor
	if p.web != nil {
		d.Web, app.Port, app.Socket = p.web, p.port, p.socket
		if p.python != (descriptor.Python{}) {
			d.Python = p.python
		}
		im.header(p.section, migrate.Kept, "", "%s", p.summary("[web] of the app "+d.Name))
		for _, difference := range p.differences {
			im.header(p.section, migrate.Changed, "", "%s", difference)
		}
		return
	}
	if p.python != (descriptor.Python{}) {
		d.Python = p.python
	}
	if d.Process == nil && len(p.commands) > 0 {
		d.Process = map[string]descriptor.Process{}
	}
	var names []string
	for _, c := range p.commands {
		name := migrate.ProcessName(c.name, func(s string) bool { _, taken := d.Process[s]; return taken })
		d.Process[name] = descriptor.Process{Command: c.command, Instances: c.instances}
		names = append(names, "[process."+name+"]")
	}
	if len(names) > 0 {
		im.header(p.section, migrate.Kept, "", "%s", p.summary(strings.Join(names, ", ")+" of the app "+d.Name))
	} else {
		im.header(p.section, migrate.NotNeeded, "", "with numprocs=0 nothing of it runs")
	}
}
