package supervisor

import (
	"fmt"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

// daemon gives the verdicts on what is about supervisord itself.
func (im *importer) daemon() {
	const section = "supervisord"
	d := im.config.Daemon
	if d.NoDaemon {
		const unused = "with nodaemon=true supervisor makes no use of it"
		im.say(section, "umask", migrate.NotNeeded, "", unused)
		im.say(section, "directory", migrate.NotNeeded, "", unused)
	} else {
		im.say(section, "umask", migrate.Kept, "", "UMask=%04o, for programs without their own", d.Umask)
		im.say(section, "directory", migrate.Kept, "", "the folder of programs without their own")
	}
	if d.MinFDs > 1024 {
		im.say(section, "minfds", migrate.Kept, "", "LimitNOFILE=%d", d.MinFDs)
	}
	if d.User != "" && d.User != im.in.User {
		im.say(section, "user", migrate.Lost, "let "+d.User+" import it", "your services run as %s, and not as %s", im.in.User, d.User)
	}
	if at := im.config.Include; at.File != "" {
		im.verdicts.Say(at.File, at.Line, migrate.Kept, "", "files: what it names was read as well")
		for _, missing := range im.config.Missing {
			im.verdicts.Say(at.File, at.Line, migrate.NotNeeded, "", "files: there is no %s", missing)
		}
		for _, err := range im.config.Unreadable {
			im.verdicts.Say(at.File, at.Line, migrate.Lost, "make it readable, or take it out of files", "files: %v", err)
		}
	}
}

func (im *importer) listener(g conf.Group) {
	section := string(conf.EventListeners) + ":" + g.Name
	hint := "to hear of failures write [on_failure] with mail or command in ecounit.toml"
	for _, p := range g.Processes {
		argv, _ := p.Argv()
		for i, word := range argv {
			if word == "-m" && i+1 < len(argv) && strings.Contains(p.Command, "mail") {
				hint = `write [on_failure] with mail = "` + argv[i+1] + `" in ecounit.toml`
			}
		}
	}
	im.lose(section, hint, "systemd tells no program of such events")
}

func (im *importer) fastCGI(g conf.Group) {
	im.lose(string(conf.FastCGI)+":"+g.Name, "run it behind a server for HTTP, as gunicorn is one for Python and php -S one for tests",
		"the web server speaks HTTP with apps, and not FastCGI")
}

// lose gives up a whole section.
func (im *importer) lose(section, hint, format string, args ...any) {
	im.header(section, migrate.Lost, hint, format, args...)
	for _, l := range im.config.Lines {
		if l.Section == section && l.Kind == conf.Assignment && im.config.Counts(l) {
			im.verdicts.Say(l.File, l.Number, migrate.Lost, "", "%s: [%s] is not taken over", l.Key, section)
		}
	}
}

// everyLine sees to it that each line has a verdict.
func (im *importer) everyLine() {
	for _, l := range im.config.Lines {
		switch counts := l.Kind == conf.Header || im.config.Counts(l); {
		case l.Kind == conf.Continuation:
		case l.Section == "include" && l.Key == "files":
			if len(im.verdicts.On(l.File, l.Number)) == 0 {
				im.verdicts.Say(l.File, l.Number, migrate.NotNeeded, "", "files: supervisor does not follow it")
			}
		case !counts:
			at, _ := im.config.Where(l.Section, l.Key)
			im.verdicts.Say(l.File, l.Number, migrate.NotNeeded, "", "%s: line %d says it again, and that counts", l.Key, at.Line)
		case len(im.verdicts.On(l.File, l.Number)) == 0:
			im.remaining(l)
		}
	}
	for _, l := range im.config.Lines {
		if l.Kind == conf.Continuation {
			im.verdicts.Say(l.File, l.Number, migrate.Worst(im.verdicts.On(l.File, l.Of)), "", "%s: it goes on from line %d", l.Key, l.Of)
		}
	}
}

// Options that are about supervisord and supervisorctl alone.
var (
	daemonOptions = strings.Fields(`logfile logfile_maxbytes logfile_backups loglevel pidfile nodaemon silent minprocs minfds
		identifier childlogdir nocleanup profile_options user umask directory environment`)
	programOptions = strings.Fields(`command process_name numprocs numprocs_start priority autostart autorestart exitcodes startsecs
		startretries stopsignal stopwaitsecs stopasgroup killasgroup user directory umask environment redirect_stderr serverurl
		stdout_logfile stdout_logfile_maxbytes stdout_logfile_backups stdout_capture_maxbytes stdout_events_enabled stdout_syslog
		stderr_logfile stderr_logfile_maxbytes stderr_logfile_backups stderr_capture_maxbytes stderr_events_enabled stderr_syslog`)
)

// remaining gives the verdict on a line of which nothing was said yet.
func (im *importer) remaining(l conf.Line) {
	what := l.Key
	if l.Kind == conf.Header {
		what = "[" + l.Section + "]"
	}
	say := func(format string, args ...any) {
		im.verdicts.Say(l.File, l.Number, migrate.NotNeeded, "", "%s: %s", what, fmt.Sprintf(format, args...))
	}
	kind, _, _ := strings.Cut(l.Section, ":")
	known := programOptions
	switch kind {
	case "supervisord":
		if l.Key == "strip_ansi" {
			im.verdicts.Say(l.File, l.Number, migrate.Lost, "", "%s: systemd takes no colours out; many programs have an option for it", l.Key)
			return
		}
		if known = daemonOptions; l.Kind == conf.Header || slices.Contains(known, l.Key) {
			say("it is about supervisord itself, which is not needed any more")
			return
		}
	case "unix_http_server", "inet_http_server", "supervisorctl", "rpcinterface":
		if l.Section == "rpcinterface:supervisor" || kind != "rpcinterface" {
			say("it is for supervisorctl; ecounit status, restart and logs take its place")
		} else {
			im.verdicts.Say(l.File, l.Number, migrate.Lost, "", "%s: [%s] extends supervisord, which is not there any more", what, l.Section)
		}
		return
	case "include", "DEFAULT":
		if l.Kind == conf.Header {
			say("its options have what became of them")
			return
		}
	case "program", "group":
		if l.Kind == conf.Header {
			say("no process of it runs")
			return
		}
		if slices.Contains(known, l.Key) {
			say("no process of it runs")
			return
		}
	default:
		say("supervisor itself does nothing with it")
		return
	}
	if near := descriptor.Nearest(l.Key, known); near != "" {
		say("supervisor itself does nothing with it; perhaps %s is meant", near)
	} else {
		say("supervisor itself does nothing with it")
	}
}
