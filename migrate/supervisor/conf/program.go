package conf

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// processes reads the processes of a [program:], [fcgi-program:] or
// [eventlistener:].
func (r *reader) processes(section, group string) []Process {
	program := r.name(section, cutKind(section))
	o := r.options(section, names{
		"here": r.config.Daemon.Here, "program_name": program, "host_node_name": r.in.Host, "group_name": group,
	})
	p := Process{
		Section: section, Program: program, Umask: -1,
		Priority: o.integer("priority", "999"), Autostart: o.boolean("autostart", "true"),
		Autorestart: parsed(o, "autorestart", RestartUnexpected, autorestart),
		StartSecs:   o.integer("startsecs", "1"), StartRetries: o.integer("startretries", "3"),
		StopSignal: parsed(o, "stopsignal", "TERM", signal), StopWaitSecs: o.integer("stopwaitsecs", "10"),
		StopAsGroup: o.boolean("stopasgroup", "false"),
	}
	p.KillAsGroup = o.boolean("killasgroup", strconv.FormatBool(p.StopAsGroup))
	p.ExitCodes = parsed(o, "exitcodes", "0", exitCodes)
	p.RedirectStderr = o.boolean("redirect_stderr", "false")
	count, first := o.integer("numprocs", "1"), o.integer("numprocs_start", "0")
	environment := o.raw("environment", "")
	p.Stdout.capture(o, "stdout")
	p.Stderr.capture(o, "stderr")
	if p.ServerURL = o.or("serverurl", ""); strings.EqualFold(strings.TrimFunc(p.ServerURL, isSpace), "auto") {
		p.ServerURL = ""
	}
	var hasUser bool
	if p.User, hasUser = o.text("user"); hasUser && p.User == "" {
		o.fail("user", "user: no account has an empty name")
	}
	if _, ok := o.text("umask"); ok {
		p.Umask = parsed(o, "umask", "", octal)
	}
	name := r.name(section, o.raw("process_name", "%(program_name)s"))
	if count > 1 && !strings.Contains(name, "%(process_num)") {
		o.fail("process_name", "with numprocs above 1, process_name must hold %%(process_num)s")
	}
	if p.StopAsGroup && !p.KillAsGroup {
		o.fail("killasgroup", "stopasgroup=true goes with killasgroup=true only")
	}
	if o.failed {
		return nil
	}
	if count > maxProcesses {
		o.fail("numprocs", "numprocs: %d are more than %d", count, maxProcesses)
		return nil
	}
	var all []Process
	for number := first; number < first+count && !o.failed; number++ {
		o.names["process_num"], o.names["numprocs"] = number, count
		all = append(all, o.process(p, number, name, environment))
	}
	slices.SortStableFunc(all, func(a, b Process) int {
		return cmp.Or(cmp.Compare(a.Priority, b.Priority), cmp.Compare(a.Name, b.Name))
	})
	return all
}

// maxProcesses bounds what a file can ask for.
const maxProcesses = 1000

// process is one of them: these options can use its number.
func (o *options) process(p Process, number int, name, environment string) Process {
	p.Number = number
	p.Environment = o.pairs(o.expand("environment", environment))
	for name, value := range p.Environment {
		o.names["ENV_"+name] = value
	}
	p.Directory = o.or("directory", "")
	p.Stdout.read(o, "stdout")
	p.Stderr.read(o, "stderr")
	if p.RedirectStderr {
		p.Stderr.Log = LogNone
	}
	command, ok := o.text("command")
	if !ok {
		o.fail("", "it has no command")
	}
	p.Command = command
	p.Name = o.expand("process_name", name)
	own := p.Environment
	p.Environment = map[string]string{}
	for _, environment := range []map[string]string{o.config.Daemon.Environment, own} {
		for name, value := range environment {
			p.Environment[name] = value
		}
	}
	return p
}

// capture reads what all processes of the program share.
func (out *Output) capture(o *options, stream string) {
	out.CaptureMaxBytes = parsed(o, stream+"_capture_maxbytes", "0", byteSize)
	out.Events = o.boolean(stream+"_events_enabled", "false")
}

func (out *Output) read(o *options, stream string) {
	out.Log = LogAuto
	if text, ok := o.text(stream + "_logfile"); ok {
		out.Log = logOf(o.expand(stream+"_logfile", text), o.in.Home) // a second time
	}
	out.Backups = o.integer(stream+"_logfile_backups", "10")
	out.MaxBytes = parsed(o, stream+"_logfile_maxbytes", "50MB", byteSize)
	out.Syslog = o.boolean(stream+"_syslog", "false")
	if out.Log == logSyslog {
		out.Log, out.Syslog = LogNone, true
	}
}

func cutKind(section string) string {
	_, name, _ := strings.Cut(section, ":")
	return name
}

// name checks the name of a program, process or group.
func (r *reader) name(section, name string) string {
	name = strings.TrimFunc(name, isSpace)
	if strings.ContainsAny(name, " :/") {
		s := r.sections[section]
		r.mistake(s.file, s.line, "[%s] the name %q holds a blank, a : or a /", section, name)
	}
	return name
}
