package supervisor

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

// isKnownServer: ecounit has its own way to stop these.
func (p *program) isKnownServer() bool { return p.web != nil && len(p.web.Command) == 0 }

// add adds a word to a setting that is a list.
func (p *program) add(key, word string) {
	p.service[key] = []string{strings.Join(append(slices.Clone(p.service[key]), word), " ")}
}

const killMode, mixed = "KillMode", "mixed"

func number(n int) string { return strconv.Itoa(n) }

// stop is how a process is stopped. Supervisor asks the process that it
// started, and no other; so does KillMode=mixed, and it leaves nothing behind.
func (im *importer) stop(p *program, first conf.Process) {
	const term = "TERM"
	signal := conf.SignalName(first.StopSignal)
	switch {
	case signal == term || signal == "":
		im.say(p.section, "stopsignal", migrate.Kept, "", "systemd's default as well")
	default:
		p.service["KillSignal"] = []string{"SIG" + signal}
		if !slices.Contains([]string{"HUP", "INT", "PIPE"}, signal) {
			p.add("SuccessExitStatus", "SIG"+signal) // the end by it is no failure when it was asked for
			if p.policy == "on-failure" {
				p.add("RestartForceExitStatus", "SIG"+signal) // and one to restart from when it was not
			}
		}
		im.say(p.section, "stopsignal", migrate.Kept, "", "SIG%s asks it to stop (KillSignal)", signal)
	}
	if !im.isSet(p.section, "stopwaitsecs") && p.isKnownServer() && !p.grouped {
		p.differences = append(p.differences, "it has 35 s to stop, so that requests can end; supervisor's default is 10")
	} else {
		p.service["TimeoutStopSec"] = []string{number(max(1, first.StopWaitSecs))}
		im.say(p.section, "stopwaitsecs", migrate.Kept, "", "it is killed %d s after it was asked to stop (TimeoutStopSec)", max(1, first.StopWaitSecs))
	}
	mode := mixed
	if first.StopAsGroup && !p.isKnownServer() {
		mode = "control-group"
	}
	if !p.isKnownServer() {
		p.service[killMode] = []string{mode}
	} else if first.StopAsGroup {
		im.say(p.section, "stopasgroup", migrate.Changed, "", "the server is asked and ends its workers, so that no request is lost")
	}
	if !p.isKnownServer() || !first.StopAsGroup {
		im.say(p.section, "stopasgroup", migrate.Kept, "", "%s (KillMode=%s)", map[bool]string{
			true: "all processes are asked to stop", false: "the program alone is asked to stop",
		}[first.StopAsGroup], mode)
	}
	if first.KillAsGroup {
		im.say(p.section, "killasgroup", migrate.Kept, "", "what does not stop is killed, with all its processes (KillMode=%s)", mode)
	} else {
		im.say(p.section, "killasgroup", migrate.Changed, "", "all its processes are killed: systemd leaves none behind (KillMode=%s)", mode)
	}
}

const usual = 0o022

// umask is that of supervisord, which it sets when it goes into the background.
func (im *importer) umask() int {
	if d := im.config.Daemon; !d.NoDaemon {
		return d.Umask
	}
	return usual
}

// limits are those of the process itself.
func (im *importer) limits(p *program, first conf.Process) {
	umask := first.Umask
	if umask < 0 {
		umask = im.umask()
	}
	// Written even when it is the usual one: on Debian 13, that of a user's
	// manager is 0002 (pam_umask).
	p.service["UMask"] = []string{fmt.Sprintf("%04o", umask)}
	if daemon := im.umask(); umask != daemon && namesFile(first) {
		im.say(p.section, "umask", migrate.Changed, "", "UMask=%04o, for new log files as well; supervisor makes them with %04o", umask, daemon)
	} else {
		im.say(p.section, "umask", migrate.Kept, "", "UMask=%04o", umask)
	}
	// supervisord raises the limit for itself, and its processes inherit it.
	const systemds, hard = 1024, 524288
	if n := im.config.Daemon.MinFDs; n > systemds {
		p.service["LimitNOFILE"] = []string{fmt.Sprintf("%d:%d", n, max(n, hard))}
	}
}

// rest is what needs no setting.
func (im *importer) rest(p *program, first conf.Process) {
	s := p.section
	switch {
	case first.User == "" || first.User == im.in.User:
		im.say(s, "user", migrate.NotNeeded, "", "the app runs as you")
	default:
		im.say(s, "user", migrate.Lost, "let "+first.User+" import it", "your services run as %s, and not as %s", im.in.User, first.User)
	}
	im.say(s, "priority", migrate.Changed, "", "all processes start side by side; one that needs another tries again until it is there")
	if first.Autostart {
		im.say(s, "autostart", migrate.Kept, "", "ecounit enable starts it, now and at every boot")
	} else {
		im.say(s, "autostart", migrate.Changed, "enable it when it is to run", "nothing starts it as long as it is not enabled")
	}
	im.say(s, "numprocs_start", migrate.Kept, "", "its numbers are in the commands")
	if len(p.processes) == 1 {
		im.say(s, "numprocs", migrate.Kept, "", "one process")
	}
	im.say(s, "process_name", migrate.Changed, "", "processes are called after the app: %s", processOf(p))
	if first.ServerURL == "" {
		im.say(s, "serverurl", migrate.NotNeeded, "", "it is supervisor's own")
	} else {
		im.say(s, "serverurl", migrate.Lost, "call systemctl --user or ecounit instead", "there is no supervisor to be called at %s", first.ServerURL)
	}
}
