package supervisor

import (
	"maps"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/server"
	"ecounit/migrate/supervisor/conf"
)

const commandKey, environmentKey = "command", "environment"

// command decides what runs: a web server that ecounit knows, another one, or
// just a process.
func (im *importer) command(p *program) {
	var all [][]string
	for _, process := range p.processes {
		argv, _ := process.Argv() // program looked at the error
		all = append(all, argv)
	}
	started := im.unwrapped(p, all[0])
	if taken, ok := server.Take(started, p.directory, p.env, im.in.Files.Names); ok {
		im.web(p, taken, len(all))
		return
	}
	if len(all) == 1 && started.Conda+started.Activated != "" {
		im.inEnvironment(p, started)
		return
	}
	im.processes(p, all)
}

// web is a program that answers requests.
func (im *importer) web(p *program, t server.Taken, count int) {
	p.web, p.python, p.env = t.Web, t.Python, t.Env
	p.port, p.socket = t.Port, t.Socket
	p.moved(t.Directory)
	for _, n := range t.Notes {
		key := commandKey
		if n.Variable != "" && im.isSet(p.section, environmentKey) {
			key = environmentKey
		}
		im.say(p.section, key, n.Is, n.Hint, "%s", n.Message)
	}
	switch {
	case count == 1:
	case p.isKnownServer():
		const most = 64
		n := count
		if t.Web.Workers != nil {
			n *= *t.Web.Workers
		}
		n = min(n, most)
		t.Web.Workers = &n
		im.say(p.section, "numprocs", migrate.Changed, "", "%d processes became workers = %d of one, which listens at one address", count, n)
	default:
		im.say(p.section, "numprocs", migrate.Lost, "start several workers with one command", "an app answers at one address; only the first of %d processes was taken", count)
	}
}

// unwrapped looks into bash -c "source …; exec gunicorn …".
func (im *importer) unwrapped(p *program, argv []string) migrate.Started {
	s, ok := migrate.ReadScript(strings.Join(quoted(argv), " "), im.in.Home)
	if !ok || s.InBackground || s.Waits || s.Output != "" {
		s = migrate.Started{Argv: argv}
	}
	if s.Profile {
		im.say(p.section, commandKey, migrate.Changed, "write what the program needs of them in [env]", "~/.bashrc and ~/.profile are not read any more")
	}
	search := p.processes[0].Environment["PATH"]
	if search == "" {
		search = im.in.Environment["PATH"]
	}
	if found := migrate.Which(s.Argv[0], search, im.in.Files.Names); found != "" && s.Conda+s.Activated == "" {
		s.Argv = append([]string{found}, s.Argv[1:]...)
	}
	return s
}

func quoted(argv []string) []string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = migrate.Quoted(word)
	}
	return words
}

// inEnvironment is a process whose environment need not be activated: its
// programs are found there.
func (im *importer) inEnvironment(p *program, started migrate.Started) {
	if started.Directory != "" {
		p.moved(started.Folder(p.directory))
		im.say(p.section, commandKey, migrate.Changed, "", "cd became the app's folder, %s", p.directory)
	}
	p.python = started.Python(p.directory, im.in.Files.Names)
	maps.Copy(p.env, started.Env)
	p.commands = []command{{name: p.name, command: migrate.Literal(started.Argv)}}
	im.say(p.section, commandKey, migrate.Changed, "", "[process.%s]; the environment is found by [python] instead of being activated", migrate.Name(p.name, "process"))
}

// processes are commands that answer nobody.
func (im *importer) processes(p *program, all [][]string) {
	const most = 64
	same := true
	for i, argv := range all {
		same = same && slices.Equal(argv, all[0]) && maps.Equal(p.processes[i].Environment, p.processes[0].Environment)
	}
	if same && len(all) <= most {
		c := command{name: p.name, command: im.resolved(p, all[0])}
		if n := len(all); n > 1 {
			c.instances = &n
			im.say(p.section, "numprocs", migrate.Kept, "", "instances = %d", n)
		}
		p.commands = []command{c}
	} else {
		for i, process := range p.processes {
			p.commands = append(p.commands, command{name: process.Name, command: im.resolved(p, im.withOwn(p, process, all[i]))})
		}
		im.say(p.section, "numprocs", migrate.Changed, "", "the %d processes differ, so that each has a [process.NAME]", len(all))
	}
	im.say(p.section, commandKey, migrate.Kept, "", "[process.%s]", migrate.Name(p.commands[0].name, "process"))
}

// withOwn gives a process the variables that the others do not have or have
// with another value.
func (im *importer) withOwn(p *program, process conf.Process, argv []string) []string {
	var own []string
	for _, name := range slices.Sorted(maps.Keys(process.Environment)) {
		if _, shared := p.env[name]; !shared && migrate.IsVariable(name) {
			own = append(own, name+"="+process.Environment[name])
		}
	}
	if len(own) == 0 {
		return argv
	}
	im.say(p.section, environmentKey, migrate.Changed, "", "what differs between the processes is set by env in their commands")
	return slices.Concat([]string{"env"}, own, argv)
}

// resolved writes the program as supervisor found it.
func (im *importer) resolved(p *program, argv []string) descriptor.Command {
	search := p.env["PATH"]
	if search == "" {
		search = im.in.Environment["PATH"]
	}
	if found := migrate.Which(argv[0], search, im.in.Files.Names); found != "" {
		argv = append([]string{found}, argv[1:]...)
	}
	return migrate.Literal(argv)
}
