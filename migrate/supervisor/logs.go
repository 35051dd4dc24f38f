package supervisor

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

// stream is standard output or standard error.
type stream struct {
	name, setting string
	of            func(conf.Process) conf.Output
}

var streams = []stream{
	{"stdout", "StandardOutput", func(p conf.Process) conf.Output { return p.Stdout }},
	{"stderr", "StandardError", func(p conf.Process) conf.Output { return p.Stderr }},
}

const journal = "journal"

// logs says where output goes. Standard error goes where standard output does,
// unless something else is said: systemd's default as well.
func (im *importer) logs(p *program) {
	first := p.processes[0]
	p.output = map[string]string{}
	for _, s := range streams {
		p.output[s.name] = im.destination(p, s, s.of(first))
	}
	if first.RedirectStderr {
		p.output["stderr"] = p.output["stdout"]
	}
	if to := p.output["stdout"]; to != journal {
		p.logs["StandardOutput"] = []string{to}
	}
	if to := p.output["stderr"]; to != p.output["stdout"] {
		p.logs["StandardError"] = []string{to}
	}
}

// logVerdicts tells about the log files. Where several processes would have
// each its own, shared is the app that they are in, and all go to the journal.
func (im *importer) logVerdicts(p *program, shared string) {
	for _, s := range streams {
		to := p.output[s.name]
		if strings.HasPrefix(to, "append:") && shared != "" {
			im.say(p.section, s.name+"_logfile", migrate.Changed, "", "it goes to the journal, because the processes of an app write to one place; ecounit logs %s -p %s shows it", shared, processOf(p))
			to = journal
		}
		im.usesJournal = im.usesJournal || to == journal
		im.outputVerdicts(p, s, s.of(p.processes[0]), to)
	}
	im.say(p.section, "redirect_stderr", migrate.Kept, "", "standard error goes where standard output goes, unless it is said otherwise")
}

// namesFile reports whether output goes to a file of its own.
func namesFile(p conf.Process) bool {
	return slices.ContainsFunc([]conf.Log{p.Stdout.Log, p.Stderr.Log}, func(to conf.Log) bool {
		return to != conf.LogAuto && to != conf.LogNone
	})
}

// destination is the value of StandardOutput= or StandardError=.
func (im *importer) destination(p *program, s stream, out conf.Output) string {
	file := string(out.Log)
	own := []string{"/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/proc/self/fd/1", "/proc/self/fd/2"}
	switch {
	case out.Log == conf.LogAuto, out.Log == conf.LogNone && out.Syslog, slices.Contains(own, file):
		return journal
	case out.Log == conf.LogNone:
		return "null"
	}
	for _, other := range p.processes[1:] {
		if s.of(other).Log != out.Log {
			return journal // systemd numbers the processes in another way
		}
	}
	if !path.IsAbs(file) {
		file = path.Join(im.working(), file)
	}
	if !isPath(file) {
		im.say(p.section, s.name+"_logfile", migrate.Lost, "write another name", "a unit file cannot hold such a path; it goes to the journal")
		return journal
	}
	return "append:" + strings.ReplaceAll(path.Clean(file), "%", "%%")
}

func (im *importer) outputVerdicts(p *program, s stream, out conf.Output, to string) {
	key := func(name string) string { return s.name + "_" + name }
	file, isFile := strings.CutPrefix(to, "append:")
	isFile = isFile && !(s.name == "stderr" && p.processes[0].RedirectStderr)
	rotates := isFile && out.MaxBytes > 0
	how := fmt.Sprintf("to keep it small let logrotate do it with copytruncate, or take %s out: the journal limits itself", s.setting)
	switch {
	case p.processes[0].RedirectStderr && s.name == "stderr":
		im.say(p.section, key("logfile"), migrate.NotNeeded, "", "supervisor passes over it, because of redirect_stderr")
	case isFile && rotates && !im.isSet(p.section, key("logfile_maxbytes")):
		im.say(p.section, key("logfile"), migrate.Changed, how, "%s=append:%s; supervisor began a new file after 50 MB, systemd does not", s.setting, file)
	case isFile:
		im.say(p.section, key("logfile"), migrate.Kept, "", "%s=append:%s", s.setting, file)
	case to == "null":
		im.say(p.section, key("logfile"), migrate.Kept, "", "%s=null", s.setting)
	case !strings.HasPrefix(p.output[s.name], "append:"):
		im.say(p.section, key("logfile"), migrate.Changed, "", "it goes to the journal; ecounit logs shows it")
	}
	switch {
	case rotates:
		im.say(p.section, key("logfile_maxbytes"), migrate.Lost, how, "systemd begins no new file")
		im.say(p.section, key("logfile_backups"), migrate.Lost, how, "systemd keeps no older files")
	case isFile:
		im.say(p.section, key("logfile_maxbytes"), migrate.Kept, "", "the file grows without a limit")
		im.say(p.section, key("logfile_backups"), migrate.NotNeeded, "", "there are no older files")
	default:
		im.say(p.section, key("logfile_maxbytes"), migrate.NotNeeded, "", "there is no file that could grow")
		im.say(p.section, key("logfile_backups"), migrate.NotNeeded, "", "there are no older files")
	}
	for _, event := range []struct {
		key string
		on  bool
	}{{key("capture_maxbytes"), out.CaptureMaxBytes > 0}, {key("events_enabled"), out.Events}} {
		if event.on {
			im.say(p.section, event.key, migrate.Lost, "[on_failure] tells when a process fails", "systemd makes no events of output")
		} else {
			im.say(p.section, event.key, migrate.NotNeeded, "", "it is off")
		}
	}
	if out.Syslog {
		im.say(p.section, key("syslog"), migrate.Kept, "", "the journal is the system's log")
	} else {
		im.say(p.section, key("syslog"), migrate.NotNeeded, "", "it is off")
	}
}

// isPath reports whether a descriptor and a unit file can hold a path.
func isPath(file string) bool {
	return !strings.ContainsFunc(file, unicode.IsControl) && !strings.HasSuffix(file, `\`)
}
