package supervisor

import (
	"maps"
	"path"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

// program is a [program:] in terms of a descriptor.
type program struct {
	name, section string
	processes     []conf.Process
	directory     string
	env           map[string]string
	python        descriptor.Python
	web           *descriptor.Web
	port          int
	socket        string
	commands      []command
	policy        descriptor.Policy
	unit, service map[string][]string
	logs          map[string][]string
	output        map[string]string // where each stream goes
	off           bool
	grouped       bool // with others
	// isWhereStarted: the section names no folder, and the command goes to none.
	isWhereStarted bool
	remarks        []string // about what is not written in the section
	differences    []string // likewise, where something changes
}

// command is a [process.NAME].
type command struct {
	name      string
	command   descriptor.Command
	instances *int
}

// summary says where a program went, and what its section does not say.
func (p *program) summary(where string) string {
	said := []string{where}
	if p.isWhereStarted {
		said = append(said, "it runs in "+p.directory+", where supervisord is started")
	}
	return strings.Join(append(said, p.remarks...), "; ")
}

// moved is for a command that goes to another folder first.
func (p *program) moved(folder string) {
	p.isWhereStarted = p.isWhereStarted && folder == p.directory
	p.directory = folder
}

// program converts a section; false when supervisor could not start it either.
func (im *importer) program(section string, processes []conf.Process, grouped bool) (*program, bool) {
	first := processes[0]
	for _, process := range processes {
		if argv, err := process.Argv(); err != nil || len(argv) == 0 {
			im.lose(section, "write the command anew; to supervisor, what stands behind a blank and a ; or # is a comment",
				"supervisor cannot start it either: %s", cannot(err))
			return nil, false
		}
	}
	p := &program{
		name: first.Program, section: section, processes: processes, off: !first.Autostart, grouped: grouped,
		unit: map[string][]string{}, service: map[string][]string{}, logs: map[string][]string{},
	}
	im.directory(p, first)
	im.environment(p)
	im.command(p)
	im.restart(p, first)
	im.stop(p, first)
	im.limits(p, first)
	im.logs(p)
	im.rest(p, first)
	return p, true
}

func cannot(err error) string {
	if err == nil {
		return "the command is empty"
	}
	return err.Error()
}

// working is the folder in which supervisord is at work: the one in which it
// was started, until it goes into the background.
func (im *importer) working() string {
	started := im.in.Home
	if im.in.Started != "" {
		started = im.in.Started
	}
	if d := im.config.Daemon; d.Directory != "" && !d.NoDaemon {
		return migrate.In(started, d.Directory)
	}
	return started
}

func (im *importer) directory(p *program, first conf.Process) {
	const key = "directory"
	p.directory = first.Directory
	if strings.HasPrefix(p.directory, "~") {
		im.say(p.section, key, migrate.Changed, "", "became %s; supervisor would look for a folder called ~", expandHome(p.directory, im.in.Home))
		p.directory = expandHome(p.directory, im.in.Home)
	}
	switch working := im.working(); {
	case p.directory == "":
		p.directory = working
		d := im.config.Daemon
		p.isWhereStarted = d.Directory == "" || d.NoDaemon
	case !path.IsAbs(p.directory):
		p.directory = path.Join(working, p.directory)
		im.say(p.section, key, migrate.Changed, "", "became %s: a descriptor does not depend on where it is started", p.directory)
	}
	if p.directory = path.Clean(p.directory); !isPath(p.directory) {
		p.directory = im.working()
		im.say(p.section, key, migrate.Lost, "write another folder", "a descriptor cannot hold such a path; the app runs in %s", p.directory)
	}
	im.say(p.section, key, migrate.Kept, "", "the app runs in %s", p.directory)
	for _, other := range p.processes[1:] {
		if other.Directory != first.Directory {
			im.say(p.section, key, migrate.Lost, "make an app of each process that needs another folder", "the processes have different ones, an app has one")
		}
	}
}

func expandHome(text, home string) string {
	if text == "~" || strings.HasPrefix(text, "~/") {
		return home + text[1:]
	}
	return text
}

// environment takes the variables that all processes share; command sees to
// those that differ.
func (im *importer) environment(p *program) {
	const key = "environment"
	p.env = map[string]string{}
	for name, value := range p.processes[0].Environment {
		same := true
		for _, other := range p.processes[1:] {
			same = same && other.Environment[name] == value
		}
		switch {
		case !migrate.IsVariable(name):
			im.say(p.section, key, migrate.Lost, "write a name of letters, digits and _", "%q is not the name of a variable", name)
		case same:
			p.env[name] = value
		}
	}
	im.say(p.section, key, migrate.Kept, "", "[env]")
	for _, name := range slices.Sorted(maps.Keys(p.env)) {
		if migrate.IsSecret(name, p.env[name]) {
			im.say(p.section, key, migrate.Changed, "move it to a file .env, chmod 600 .env, and write env_files = [\".env\"]",
				"%s seems to be a secret; others may be able to read unit files", name)
		}
	}
	if im.isSet("supervisord", key) {
		im.say("supervisord", key, migrate.Kept, "", "[env] of each app")
	}
}
