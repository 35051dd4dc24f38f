//go:build machine

package equivalence

import "strings"

// aCase is a program of testdata/supervisord.conf.
type aCase struct {
	program string // its first argument; of several processes, that of each
	in      string // the section, if it is not [program:PROGRAM]
	options string // what it is about: rows of docs/supervisor.md
	differs []difference
}

func (c *aCase) section() string {
	if c.in != "" {
		return c.in
	}
	return "program:" + c.program
}

const general = "changed: [supervisord]: "

// rules are the differences that all programs have.
var rules = []rule{
	{
		`variable (SUPERVISOR_(ENABLED|SERVER_URL|PROCESS_NAME|GROUP_NAME)|STARTED|PATH|PYTHONUNBUFFERED)`,
		"another environment", general + "programs do not have the variables of the shell",
	},
	{
		`variable (INVOCATION_ID|JOURNAL_STREAM|MANAGERPID|SYSTEMD_EXEC_PID|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS|MEMORY_PRESSURE_WATCH|MEMORY_PRESSURE_WRITE)`,
		"systemd tells programs about itself; none that ran under supervisor looks for that", "",
	},
	{`variable PWD`, "where a command holds ${NAME}, a shell starts it", ""},
	{`may gain privileges`, "no sudo", general + "a program cannot become another user"},
}

const (
	childEnds  = general + "what a program started ends with it"
	startedYet = general + "a program that does not stay up is started every second"
	toJournal  = general + "what programs print goes to the journal"
	stopFails  = general + "a program that has to be killed"
)

// inJournal: there, what a program prints is in a file that supervisor named.
var inJournal = []difference{
	{"(file|mode of) auto/.*", ".+", "", toJournal},
	{"journal", "", ".+", toJournal},
}

var cases = []aCase{
	{program: "words", options: "command supervisord.directory supervisord.environment supervisord.umask supervisord.user supervisord.minfds " +
		"supervisord.minprocs supervisord.identifier supervisord.logfile supervisord.logfile_maxbytes supervisord.logfile_backups supervisord.loglevel " +
		"supervisord.pidfile supervisord.silent supervisord.nodaemon supervisord.nocleanup supervisord.childlogdir supervisord.profile_options " +
		"unix_http_server inet_http_server supervisorctl rpcinterface"},
	{program: "search", options: "command"},
	{program: "included", options: "include.files"},
	{program: "folder", options: "directory"},
	{program: "relative", options: "directory", differs: inJournal},
	{program: "variables", options: "environment"},
	{program: "stdin", options: "command", differs: []difference{
		{"standard input", "waits", "is empty", general + "standard input is empty"},
	}},
	{program: "own-user", options: "user"},
	{program: "other-user", options: "user startretries", differs: []difference{
		{"state", ended, "RUNNING", "no equivalent: user: "},
		{"(file|mode of) auto/other-user-stderr", ".*couldn't setuid to 0.*|600", "", "no equivalent: user: "},
		{".*", "", ".*", "no equivalent: user: "}, // all that it sees
	}},
	{program: "umask-usual", options: "umask"},
	{program: "umask", options: "umask", differs: append([]difference{
		{`mode of logs/umask\.out`, "640", "600", "changed: umask: "},
	}, inJournal...)},
	{program: "asleep", options: "autostart"},
	{program: "awake", options: "autostart"},

	{program: "always-0", options: "autorestart"},
	{program: "always-1", options: "autorestart group.programs group.priority", in: "program:always-1"},
	{program: "always-term", options: "autorestart"},
	{program: "never-0", options: "autorestart"},
	{program: "never-1", options: "autorestart"},
	{program: "never-kill", options: "autorestart"},
	{program: "unexpected-0", options: "autorestart startsecs"},
	{program: "unexpected-1", options: "autorestart"},
	{program: "unexpected-143", options: "autorestart"},
	{program: "unexpected-term", options: "autorestart"},
	{program: "unexpected-int", options: "autorestart"},
	{program: "unexpected-hup", options: "autorestart"},
	{program: "unexpected-pipe", options: "autorestart"},
	{program: "unexpected-kill", options: "autorestart"},
	{program: "codes-0", options: "exitcodes"},
	{program: "codes-2", options: "exitcodes"},
	{program: "codes-143", options: "exitcodes"},
	{program: "codes-7", options: "exitcodes"},
	{program: "failing-0", options: "exitcodes"},
	{program: "failing-1", options: "exitcodes"},
	{program: "retries", options: "startretries"},
	{program: "forever", options: "startsecs startretries", differs: []difference{
		{"runs", "5", "[6-9]|[1-9][0-9]+", startedYet},
		{"state", ended, "RUNNING|BACKOFF", startedYet},
	}},
	{program: "short", options: "startsecs startretries", differs: []difference{
		{"runs", "3", "2", "changed: startsecs: "},
	}},
	{program: "at-once", options: "startsecs"},

	{program: "stop-term", options: "stopsignal"},
	{program: "stop-hup", options: "stopsignal"},
	{program: "stop-int", options: "stopsignal"},
	{program: "stop-quit", options: "stopsignal autorestart"},
	{program: "stop-kill", options: "stopsignal"},
	{program: "stop-usr1", options: "stopsignal"},
	{program: "stop-usr2", options: "stopsignal"},
	{program: "stop-winch", options: "stopsignal"},
	{program: "stop-failing", options: "stopsignal", differs: []difference{
		{"state", "RUNNING", "RUNNING, failed by the stop", stopFails},
	}},
	{program: "patience", options: "stopwaitsecs", differs: []difference{
		{"state", "RUNNING", "RUNNING, failed by the stop", stopFails},
	}},
	{program: "default-patience", options: "stopwaitsecs", differs: []difference{
		{"state", "RUNNING", "RUNNING, failed by the stop", stopFails},
	}},
	{program: "leaves", options: "stopasgroup killasgroup", differs: []difference{
		{"child: after the stop", "runs", "gone", childEnds},
	}},
	{program: "stop-group", options: "stopasgroup"},
	{program: "stop-alone", options: "stopasgroup killasgroup", differs: []difference{
		{"state", "RUNNING", "RUNNING, failed by the stop", stopFails},
	}},
	{program: "kill-alone", options: "killasgroup", differs: []difference{
		{"child: after the stop", "runs", "gone", "changed: killasgroup: "},
		{"state", "RUNNING", "RUNNING, failed by the stop", stopFails},
	}},
	{program: "again", options: "command"},

	{program: "same", options: "numprocs process_name", differs: []difference{
		{"variable SUPERVISOR_PROCESS_NAME", "same_0[01]", "", "changed: process_name: "},
	}},
	{program: "numbered-5", options: "numprocs numprocs_start process_name environment", in: "program:numbered"},
	{program: "numbered-6", options: "numprocs", in: "program:numbered"},
	{program: "early", options: "priority"},
	{program: "late", options: "priority"},

	{program: "merged", options: "redirect_stderr stdout_logfile stdout_logfile_maxbytes"},
	{program: "split", options: "redirect_stderr stdout_logfile stdout_logfile_maxbytes stdout_logfile_backups stderr_logfile stderr_logfile_maxbytes stderr_logfile_backups"},
	{program: "rotated", options: "stdout_logfile_maxbytes stdout_logfile_backups", differs: []difference{
		{`file logs/rotated\.out`, "(rotated: line [0-9]{2} of sixty, as a program prints them\n){0,30}", "(rotated: line [0-9]{2} of sixty, as a program prints them\n){60}", "no equivalent: stdout_logfile_maxbytes: "},
		{`(file|mode of) logs/rotated\.out\.1`, ".+", "", "no equivalent: stdout_logfile_backups: "},
	}},
	{program: "rotated-err", options: "stderr_logfile_maxbytes stderr_logfile_backups", differs: append([]difference{
		{`file logs/rotated-err\.err`, "", ".+", "no equivalent: stderr_logfile_maxbytes: "},
		{`(file|mode of) logs/rotated-err\.err\.1`, ".+", "", "no equivalent: stderr_logfile_backups: "},
	}, inJournal...)},
	{program: "nowhere", options: "stdout_logfile stderr_logfile"},
	{program: "automatic", options: "stdout_logfile stderr_logfile", differs: []difference{
		{"(file|mode of) auto/automatic-std(out|err)", ".+", "", "changed: stdout_logfile: "},
		{"journal", "", "automatic: .*", "changed: stderr_logfile: "},
		{"/dev/stdout", "can be opened", "cannot be opened", general + "a program whose output goes to the journal"},
	}},
	{program: "system-log", options: "stdout_logfile stdout_syslog stderr_syslog"},
	{program: "events", options: "stdout_capture_maxbytes stdout_events_enabled stderr_capture_maxbytes stderr_events_enabled", differs: []difference{
		{`file logs/events\.out`, "[^<]*", "[^<]*<!--XSUPERVISOR:BEGIN-->.*", "no equivalent: stdout_capture_maxbytes: "},
		{`file logs/events\.err`, "[^<]*", "[^<]*<!--XSUPERVISOR:BEGIN-->.*", "no equivalent: stderr_capture_maxbytes: "},
	}},
	{program: "red", options: "supervisord.strip_ansi", differs: []difference{
		{`file logs/red\.out`, "red\n", "\x1b\\[31mred\x1b\\[0m\n", "no equivalent: strip_ansi: "},
	}},

	{program: "called", options: "serverurl", differs: []difference{
		{"variable SUPERVISOR_SERVER_URL", "http://localhost:9001", "", "no equivalent: serverurl: "},
	}},
	{program: "listener", options: "eventlistener", in: "eventlistener:listener", differs: []difference{
		{"runs", "1", "", "no equivalent: [eventlistener:listener]: "},
		{".*", ".*", "", "no equivalent: [eventlistener:listener]: "},
	}},
	{program: "fast", options: "fcgi-program", in: "fcgi-program:fast", differs: []difference{
		{"runs", "1", "", "no equivalent: [fcgi-program:fast]: "},
		{".*", ".*", "", "no equivalent: [fcgi-program:fast]: "},
	}},
}

// unseen are rows with a difference that the programs do not show.
var unseen = map[string]string{
	"priority":              "without an order, any order may come about",
	"group.priority":        "likewise",
	"startretries":          "times of a busy machine prove nothing",
	"stdout_events_enabled": "only an event listener is told",
	"stderr_events_enabled": "likewise",
}

// byProgram finds a case.
var byProgram = func() map[string]*aCase {
	by := map[string]*aCase{}
	for i, c := range cases {
		by[c.program] = &cases[i]
	}
	return by
}()

// about are the cases of a row.
func about(option string) (of []*aCase) {
	for i, c := range cases {
		for word := range strings.FieldsSeq(c.options) {
			if word == option {
				of = append(of, &cases[i])
			}
		}
	}
	return of
}
