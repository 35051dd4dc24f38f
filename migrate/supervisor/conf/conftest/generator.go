// Package conftest makes configurations for the tests of supervisor's formats:
// right ones and wrong ones, the same each time. It must not know how they are
// read.
package conftest

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
)

type generator struct {
	*rand.Rand
	wrong int // in per cent of the values
}

// Files are a supervisord.conf and what it may include, by their names.
func Files(seed uint64) map[string]string {
	r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // no secret: the same each time is what is wanted
	return generator{r, []int{0, 0, 0, 2, 10}[r.IntN(5)]}.files()
}

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

// values are those that each option can have: right ones, and behind the |
// wrong ones.
var values = map[string]string{
	"command":                 "/bin/cat;python app.py -p %(process_num)s;sh -c 'exec a';a \"b c\" %%d;x %(ENV_STUDY)s;%(here)s/run --name=%(program_name)s;run 80%(process_num)02d;x %(group_name)s %(numprocs)d %(host_node_name)s;'open;a ; b;a;b # c;a\n  b\n\n   c|%(ENV_A)s;%(nothing)s;%(here)d;100%!;%(program_name",
	"process_name":            "%(program_name)s;%(program_name)s_%(process_num)02d;%(program_name)s-%(process_num)d;p%(process_num)s;x|a b;a:b;a/b",
	"numprocs":                "1;1;2;3;0| ;x;1.5",
	"numprocs_start":          "0;1;8000;-1|x",
	"priority":                "999;1;-1;+5;1_000;007|a;;1__0;_1",
	"autostart":               "true;false;yes;no;on;off;1;0;TRUE;No|maybe;;2",
	"autorestart":             "true;false;unexpected;Unexpected;1|often;",
	"startsecs":               "1;0;10|ten",
	"startretries":            "3;0;100|x",
	"stopsignal":              "TERM;HUP;SIGINT;quit;9;sigusr1;RTMIN; kill;CLD;_dfl|FOO;99;40;SIG;",
	"stopwaitsecs":            "10;0;3600|x",
	"stopasgroup":             "true;false;false|x",
	"killasgroup":             "true;true;false",
	"exitcodes":               "0;0,2;1, 2 ,3;;255|256;-1;a;1,;0 2",
	"redirect_stderr":         "true;false|x",
	"environment":             `A="1";A="1",B="two words",C='x';A=1,B=2,;STUDY="%(ENV_STUDY)s",HERE="%(here)s";A="100%%";N="%(process_num)d";A="";P=/usr/bin:/bin;A="a#b";A=a.b-c+d(e);A=1 , B=2;A = 1;"A"=1;A=1;B=2;A="x" # y;` + "A=1,\n  B=2|A;A=;A=1 B=2;A=\"1;A=é;A=1,,B=2;=1;A=b\"c",
	"directory":               "/tmp;%(here)s;/;/tmp/%(program_name)s;~|%(process_num)s%(x)s",
	"umask":                   "022;0o22;77;2;0|9;x;",
	"user":                    "root;0",
	"stdout_logfile":          "/tmp/out.log;%(here)s/%(program_name)s.log;AUTO;none;NONE;off;out.log;syslog;~/x.log;/tmp/%(process_num)d.log;/dev/stdout;%%%%.log|%(x)s",
	"stderr_logfile":          "/tmp/err.log;auto;NONE;%(ENV_STUDY)s.log",
	"stdout_logfile_maxbytes": "1MB;0;50kb;2GB;7;1 MB;1_0kb|x;MB;1TB",
	"stdout_logfile_backups":  "10;0|x",
	"stderr_logfile_maxbytes": "1MB;0",
	"stderr_logfile_backups":  "3",
	"stdout_capture_maxbytes": "0;1MB|x",
	"stderr_capture_maxbytes": "0",
	"stdout_events_enabled":   "false;true|x",
	"stderr_events_enabled":   "false",
	"stdout_syslog":           "false;true|x",
	"stderr_syslog":           "true",
	"serverurl":               "AUTO;auto;http://localhost:9001",
	"nonsense":                "x;%(nothing)s;",
	"programs":                "a;a,b;b , c;a,web;|;a,;x",
	"minfds":                  "1024;65536;0|x",
	"minprocs":                "200;1|x",
	"logfile":                 "/tmp/s.log;%(here)s/s.log",
	"pidfile":                 "/tmp/s.pid",
	"nodaemon":                "true;false|x",
	"loglevel":                "info;debug;WARN;blather|loud;warning",
	"events":                  "PROCESS_STATE;tick_60,TICK_5;PROCESS_STATE_EXITED,EVENT|NOTHING;;TICK_6",
	"buffer_size":             "10;1|0;x",
	"socket":                  "tcp://localhost:9000;unix:///tmp/x.sock;unix:///tmp/%(program_name)s.sock|tcp://localhost;unix://x;http://a;tcp://a:99999",
	"socket_mode":             "0700|x",
	"socket_backlog":          "100;1|0;x;65536",
	"port":                    "127.0.0.1:9001;*:9001;9001|0;x;a:;70000",
	"username":                "me",
	"password":                "me%%",
	"file":                    "/tmp/s.sock;%(here)s/s.sock",
	"chmod":                   "0700|x",
	"files":                   "conf.d/*.conf;%(here)s/conf.d/*.conf;conf.d/a.conf conf.d/b.conf;conf.d/[!a].conf;nothing/*.ini;c*/?.conf;conf.d/*",

	"supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
}

const programOptions = `process_name numprocs numprocs_start priority autostart autorestart startsecs startretries stopsignal stopwaitsecs
	stopasgroup killasgroup exitcodes redirect_stderr environment environment directory umask user stdout_logfile stderr_logfile stdout_logfile_maxbytes
	stdout_logfile_backups stderr_logfile_maxbytes stderr_logfile_backups stdout_capture_maxbytes stderr_capture_maxbytes stdout_events_enabled
	stderr_events_enabled stdout_syslog stderr_syslog serverurl nonsense`

// value picks one for an option.
func (g generator) value(key string) string {
	right, wrong, _ := strings.Cut(values[key], "|")
	if wrong != "" && g.chance(g.wrong) {
		right = wrong
	}
	return g.pick(strings.Split(right, ";")...)
}

// option writes an assignment in one of the many ways.
func (g generator) option(key string) string {
	if g.chance(10) {
		key = strings.ToUpper(key)
	}
	line := key + g.pick("=", "=", " = ", ":", " : ", "= ", "\t=\t") + g.value(strings.ToLower(key))
	line = strings.ReplaceAll(line, "\n", g.pick("\n", "\n", "\n; comment\n", "\n\n"))
	line += g.pick("", "", "", "", " ; comment", " # comment", "\t;x", " ;a #b", "  ")
	if isText := strings.Contains("command environment directory", strings.ToLower(key)); isText || g.chance(g.wrong) {
		line += g.pick("", "", "", ";no comment", "a;b ;c #d", "a#b #c;d")
	}
	return line
}

func (g generator) section(header string, options []string, always ...string) string {
	lines := []string{g.pick("", "", "", " ") + "[" + header + "]" + g.pick("", "", "", " ", " ; x", " junk")}
	if g.chance(g.wrong) {
		lines[0] += g.pick("x]", "[", "]", "]]")
	}
	indent := g.pick("", "", "", " ", "\t")
	for _, key := range always {
		if !g.chance(g.wrong) {
			lines = append(lines, indent+g.option(key))
		}
	}
	for range min(g.IntN(8), 8*len(options)) { // none without options
		if g.chance(g.wrong) {
			indent += " " // then it goes on with the value above
		}
		lines = append(lines, indent+g.option(g.pick(options...)))
		if g.chance(10) {
			lines = append(lines, g.pick("", "; comment", "# comment", "  # indented", "   "))
		}
		if g.chance(g.wrong / 2) {
			lines = append(lines, g.pick(" continued", "\tcontinued ; x", "no option", "=x"))
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

func (g generator) files() map[string]string {
	files := map[string]string{"supervisord.conf": g.file(true)}
	for _, name := range []string{"a.conf", "b.conf", ".c.conf", "d.txt"} {
		if g.chance(40) {
			files["conf.d/"+name] = g.file(false)
		}
	}
	return files
}

func (g generator) file(isMain bool) string {
	options := strings.Fields(programOptions)
	sections := []func() string{
		func() string {
			return g.section("program:"+g.pick("a", "b", "c", "web", " d"), options, "command")
		},
		func() string { return g.section("program:"+g.pick("a", "b", "c", "web"), options, "command") },
		func() string { return g.section("program:"+g.pick("a", "b", "c", "web"), options, "command") },
		func() string {
			return g.section("group:"+g.pick("g", "h", "a"), []string{"priority", "nonsense"}, "programs")
		},
		func() string {
			return g.section("fcgi-program:"+g.pick("f", "a"), append(options, "socket_mode", "socket_backlog"), "command", "socket")
		},
		func() string {
			return g.section("eventlistener:"+g.pick("l", "m"), append(options, "buffer_size"), "command", "events")
		},
		func() string { return g.section("DEFAULT", options) },
		func() string { return g.section("unknown", options) },
		func() string { return g.section("inet_http_server", nil, "port", "username", "password") },
		func() string { return g.section("unix_http_server", []string{"chmod"}, "file") },
		func() string { return g.section("rpcinterface:supervisor", nil, "supervisor.rpcinterface_factory") },
		func() string { return g.section("supervisorctl", []string{"serverurl", "nonsense"}) },
		func() string { return g.section("include", []string{"nonsense"}, "files") },
	}
	var text string
	if isMain && !g.chance(g.wrong) {
		text = g.section("supervisord", strings.Fields("minfds minprocs logfile pidfile nodaemon loglevel umask nonsense"))
		if g.chance(60) {
			text += g.pick(`environment=A="1",B="x y"`, `environment = A="%%%%",C="%(here)s"`, "directory = /tmp", "directory=~") + "\n"
		}
	}
	for range 1 + g.IntN(6) {
		i := g.IntN(len(sections))
		if g.chance(40) {
			i = 1
		}
		text += g.pick("", "", "\n", "; comment\n", "# comment\n") + sections[i]()
	}
	if isMain && !g.chance(g.wrong) {
		for _, name := range []string{"a", "b", "c", "web"} {
			text += "[program:" + name + "]\n" + g.option("command") + "\n"
		}
	}
	if g.chance(g.wrong) {
		text = g.mutated(text)
	}
	if g.chance(5) {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	return text
}

// unclear are format strings that put all of supervisor's variables into a
// value, or a number in a way that nobody writes. Here they are mistakes.
var unclear = regexp.MustCompile(`%[#0 +-]*[0-9.*]*[hlL]?[a-zA-Z]|\)[#0 +-]*[0-9.*]*[hlL]?[rac-ce-gE-G]|[*]`)

func (g generator) mutated(text string) string {
	for range 1 + g.IntN(4) {
		at := g.IntN(len(text) + 1)
		changed := text[:at] + g.pick("[", "]", "=", ":", ";", "#", " ", "\n", "\n ", "%", "%%", "(", ")", `"`, "'", ",", "\t", "é", "\u00a0", "\x1f", "\v", fmt.Sprint(g.IntN(100))) +
			text[min(len(text), at+g.IntN(3)):]
		if len(unclear.FindAllString(strings.ReplaceAll(changed, "%%", ""), -1)) == len(unclear.FindAllString(strings.ReplaceAll(text, "%%", ""), -1)) {
			text = changed
		}
	}
	return text
}
