package procfile

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
	"ecounit/migrate"
	"ecounit/migrate/server"
	"ecounit/report"
)

// Input is a Procfile and the folder that it lies in.
type Input struct {
	File      string // absolute path
	Text      string
	Directory string
	Home      string
	Names     func(folder string) []string
	Taken     func(name string) bool // names that the app cannot have; nil is none
	KnowsPort bool                   // the caller finds out whether the server listens where PORT says
}

// Import makes one app of all processes. What honcho and foreman read from .env
// the app gets as well.
func Import(in Input) migrate.Result {
	app := &migrate.App{Descriptor: &descriptor.Descriptor{Name: migrate.Name(path.Base(in.Directory), "app")}, Directory: in.Directory}
	if in.Taken != nil {
		app.Descriptor.Name = migrate.Unique(app.Descriptor.Name, in.Taken)
	}
	im := &importer{in: in, app: app}
	lines, bad := Parse(strings.ToValidUTF8(in.Text, "\ufffd"))
	for _, number := range bad {
		im.say(number, migrate.Lost, "write NAME: COMMAND", "the line is not NAME: COMMAND")
	}
	d := app.Descriptor
	for _, l := range lines {
		switch {
		case l.Name == "release":
			im.say(l.Number, migrate.Lost, "run it after a change: "+l.Command, "release runs before each deployment elsewhere")
		case l.Name == "web" && d.Web == nil:
			im.web(im.changesFolder(l, len(lines)))
		case l.Name == "web":
			im.say(l.Number, migrate.Lost, "make another app of it", "a second web process")
		default:
			im.process(l)
		}
	}
	if slices.Contains(in.Names(in.Directory), ".env") {
		file := path.Join(in.Directory, ".env")
		if below, err := filepath.Rel(app.Directory, file); err == nil {
			file = below // as a descriptor has it
		}
		d.EnvFiles = []string{file}
	}
	var apps []*migrate.App
	if d.Web != nil || len(d.Process) > 0 {
		apps = []*migrate.App{app}
		migrate.Place(apps, in.Home)
		apps = im.verdicts.Passing(apps, in.File)
	}
	return migrate.Result{Apps: apps, Report: im.verdicts.Report()}
}

type importer struct {
	in       Input
	app      *migrate.App
	verdicts migrate.Verdicts
}

func (im *importer) say(line int, is report.Severity, hint, format string, args ...any) {
	im.verdicts.Say(im.in.File, line, is, hint, format, args...)
}

var (
	portVariable = lazy.Regexp(`\$(PORT\b|\{PORT(:?-[0-9]+)?\})`)
	portMention  = lazy.Regexp(`\$\{?PORT\b`) // also ${PORT:-5000}
	listens      = lazy.Regexp(`\s(-b|--bind|--host|--port|--uds)\b`)
	changesFirst = lazy.Regexp(`^cd[ \t]+([A-Za-z0-9_./-]+)[ \t]*&&[ \t]*(.+)$`)
)

// changesFolder takes "cd FOLDER &&" off the front, where the line is the only
// one: all processes of an app run in one folder.
func (im *importer) changesFolder(l Line, lines int) Line {
	found := changesFirst().FindStringSubmatch(l.Command)
	if found == nil || lines > 1 || !filepath.IsLocal(found[1]) {
		return l
	}
	im.app.Directory, l.Command = migrate.In(im.app.Directory, found[1]), found[2]
	im.say(l.Number, migrate.Changed, "", "cd %s became directory", found[1])
	return l
}

// command is a command without a shell where that is possible.
func (im *importer) command(l Line, isWeb bool) descriptor.Command {
	text, port := l.Command, "${PORT}"
	if isWeb {
		text = portVariable().ReplaceAllString(text, "\x00") // ecounit's, and no variable for a shell
	}
	words, ok := migrate.Simple(text)
	if !ok {
		im.say(l.Number, migrate.Changed, "", "%s is run by a shell: it holds what only a shell understands", l.Name)
		return descriptor.Command{"sh", "-c", l.Command}
	}
	for i, word := range words {
		words[i] = strings.ReplaceAll(word, "\x00", port)
	}
	return words
}

func (im *importer) process(l Line) {
	d := im.app.Descriptor
	if d.Process == nil {
		d.Process = map[string]descriptor.Process{}
	}
	name := migrate.ProcessName(l.Name, func(s string) bool { _, taken := d.Process[s]; return taken })
	im.say(l.Number, migrate.Kept, "", "[process.%s]", name)
	if name != l.Name {
		im.say(l.Number, migrate.Changed, "", "the process %s is called %s here", l.Name, name)
	}
	if portMention().MatchString(l.Command) {
		im.say(l.Number, migrate.Lost, "only the web process has a port", "PORT is not set for %s", name)
	}
	d.Process[name] = descriptor.Process{Command: im.command(l, false)}
}

// web takes the server out of the command where it is one that ecounit starts
// itself.
func (im *importer) web(l Line) {
	command := im.command(l, true)
	im.app.Descriptor.Web = &descriptor.Web{Command: command}
	web := im.app.Descriptor.Web
	if s, ok := server.Of(command, nil); ok {
		*web, im.app.Port, im.app.Socket = s.Web, s.Address.Port, s.Address.Unix
		im.say(l.Number, migrate.Changed, "", "%s is started by ecounit with a socket that systemd holds", s.Name)
		if listens().MatchString(l.Command) {
			im.say(l.Number, migrate.NotNeeded, "", "systemd sees to where it listens")
		}
		im.app.Directory = migrate.In(im.app.Directory, s.Directory)
		if len(s.Env) > 0 {
			im.app.Descriptor.Env = s.Env
		}
		if len(s.Dropped) > 0 {
			im.say(l.Number, migrate.NotNeeded, "", "ecounit and systemd see to %s", strings.Join(s.Dropped, " "))
		}
		for _, n := range s.Notes {
			if n.Lost {
				im.say(l.Number, migrate.Lost, "", "%s", n.Text)
			} else {
				im.say(l.Number, migrate.Changed, "", "%s", n.Text)
			}
		}
		return
	}
	im.say(l.Number, migrate.Kept, "", "command in [web]")
	const all, local = "0.0.0.0", "127.0.0.1"
	for i, word := range web.Command {
		if strings.Contains(word, all) {
			web.Command[i] = strings.ReplaceAll(word, all, local)
			im.say(l.Number, migrate.Changed, "", "%s became %s: only the web server of this machine needs to reach it", all, local)
		}
	}
	if !im.in.KnowsPort && !portMention().MatchString(strings.Join(web.Command, " ")) {
		im.say(l.Number, migrate.Changed, "have it listen on 127.0.0.1 at the port that PORT says", "the command does not mention PORT")
	}
}
