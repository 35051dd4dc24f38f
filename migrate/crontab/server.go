package crontab

import (
	"path"
	"slices"
	"strings"

	"ecounit/cron"
	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/server"
)

// server takes over a program that is started at boot and goes on running: a
// web server that ecounit knows, or one in the background.
func (im *importer) server(l cron.Line) bool {
	if l.Job.Stdin != "" {
		return false
	}
	started, ok := migrate.ReadScript(l.Job.Command, im.in.Home)
	if !ok {
		text, isInBackground := inBackground(l.Job.Command)
		if !isInBackground {
			return false
		}
		started = migrate.Started{Argv: im.script(l, text), InBackground: true}
	}
	env := im.environment(l)
	if search := env["PATH"]; search != "" {
		if found := migrate.Which(started.Argv[0], search, im.in.Names); found != "" {
			started.Argv = append([]string{found}, started.Argv[1:]...)
		}
	}
	taken, isServer := server.Take(started, im.in.Home, env, im.in.Names)
	if !isServer && !started.InBackground {
		return false
	}
	command := strings.Join(started.Argv, " ")
	if !ok {
		command = l.Job.Command
	}
	app := im.newApp(l, started.Folder(im.in.Home), command)
	if isServer {
		app.Directory, app.Port, app.Socket = taken.Directory, taken.Port, taken.Socket
		app.Descriptor.Web, app.Descriptor.Python, app.Descriptor.Env = taken.Web, taken.Python, taken.Env
		im.say(l.Number, migrate.Kept, "", "[web] of the app %s", app.Descriptor.Name)
		for _, n := range taken.Notes {
			im.say(l.Number, n.Is, n.Hint, "%s", n.Message)
		}
	} else {
		for name, value := range started.Env {
			env[name] = value
		}
		d := app.Descriptor
		d.Env, d.Python = env, started.Python(app.Directory, im.in.Names)
		name := migrate.ProcessName(jobName(command), func(string) bool { return false })
		d.Process = map[string]descriptor.Process{name: {Command: started.Argv}}
		if ok {
			d.Process[name] = descriptor.Process{Command: migrate.Literal(started.Argv)}
		}
		im.say(l.Number, migrate.Changed, "", "it goes on running, so that it became [process.%s] of the app %s, which is restarted when it ends", name, d.Name)
	}
	if started.Waits {
		im.say(l.Number, migrate.Changed, "", "it does not wait: it starts as soon as the machine is up, and again when it fails")
	}
	if started.Profile {
		im.say(l.Number, migrate.Changed, "write what the program needs of them in [env]", "~/.bashrc and ~/.profile are not read any more")
	}
	im.output(l, started)
	return true
}

// output says that the file that a program wrote to is not written any more.
func (im *importer) output(l cron.Line, started migrate.Started) {
	switch file := started.Output; {
	case file == "":
	case file == "/dev/null":
		im.say(l.Number, migrate.Changed, "", "what it prints goes to the journal instead of nowhere; ecounit logs shows it")
	default:
		im.say(l.Number, migrate.Changed, "", "what it prints goes to the journal instead of %s; ecounit logs shows it", file)
	}
}

// newApp is called after its folder. In the home directory it is called after
// the folder of its program, or after the program.
func (im *importer) newApp(l cron.Line, folder, command string) *migrate.App {
	name := path.Base(folder)
	if folder == im.in.Home {
		name = jobName(command)
		for _, word := range strings.Fields(command) {
			if below, found := strings.CutPrefix(word, im.in.Home+"/"); found && path.Dir(below) != "." && !slices.Contains([]string{"bin", "scripts"}, path.Base(path.Dir(below))) {
				name = path.Base(path.Dir(below))
				break
			}
		}
	}
	name = migrate.Unique(migrate.Name(name, "app"), func(s string) bool { return s == "jobs" || im.isTaken(s) })
	app := &migrate.App{
		Descriptor: &descriptor.Descriptor{Name: name}, Directory: folder,
		Old: []migrate.Old{{Kind: "cron", Name: name, File: im.in.File, Line: l.Number}},
	}
	im.apps = append(im.apps, app)
	return app
}
