package plan

import (
	"testing"
)

// TestReports: what is said is in testdata/report-NAME.txt.
func TestReports(t *testing.T) {
	noPython := func(f *Facts) {
		f.Python = &Interpreter{Problem: "there is no conda environment tasks", Hint: "conda create -n tasks python"}
	}
	noModules := func(f *Facts) { f.Python.Modules = nil }
	for _, c := range []struct {
		name, text string
		changes    []change
	}{
		{"directory", "name='tasks'\ndirectory='nowhere'\nweb.wsgi='app'", []change{func(f *Facts) {
			f.Directory = File{Path: "/home/alice/nowhere", Problem: "/home/alice/nowhere does not exist", Hint: "make it"}
		}}},
		{"env files", "name='tasks'\nenv_files=['missing', 'open',\n'good']\nweb.wsgi='app'", []change{func(f *Facts) {
			f.EnvFiles[0].Problem, f.EnvFiles[0].Hint = "missing does not exist", "write it"
		}}},
		{"no database server", wsgi + "[database]\npostgres=true", []change{func(f *Facts) {
			f.Database.Problem, f.Database.Hint = "cannot find a Postgres server on this host", "systemctl status postgresql"
		}}},
		{"file of a URL", wsgi + "[database]\npostgres=true\nurl_file='.url'", []change{func(f *Facts) {
			f.Database.URLFile = File{Path: "/home/alice/app/.url", Exposed: "everyone"}
		}}},
		{"no file of a URL", wsgi + "[database]\npostgres=true\nurl_file='.url'", []change{func(f *Facts) {
			f.Database.URLFile = File{Path: "/home/alice/app/.url", Problem: "cannot read /home/alice/app/.url", Hint: "make it"}
		}}},
		{"strict with a database in tmp", wsgi + "[database]\npostgres=true\n[sandbox]\nlevel='strict'", []change{func(f *Facts) { f.Database.Host = "/tmp" }}},
		{"no interpreter", wsgi, []change{noPython}},
		{"no gunicorn", wsgi, []change{noModules}},
		{"no uvicorn", "name='tasks'\nweb.asgi='app'", []change{noModules}},
		{"no program", "name='tasks'\nweb.command='node x'\n[process.a]\ncommand='nod y'", []change{func(f *Facts) {
			for i := range f.Programs {
				f.Programs[i] = File{Problem: "the program is not on the PATH", Hint: "give its absolute path"}
			}
		}}},
		{"no directory for sockets", "name='tasks'\n[web]\nwsgi='app'\nlisten='socket'", []change{noSockets}},
		{"no port", "name='tasks'\n[web]\nwsgi='app'\nlisten=8000", []change{func(f *Facts) {
			f.Port = Port{Problem: "port 8000 belongs to bob", Hint: "choose another"}
		}}},
		{"a port that is not needed", wsgi, []change{func(f *Facts) { f.Port = Port{Problem: "no port is free"} }}},
		{"watch outside of git", wsgi + "[watch]\ngit=true", []change{func(f *Facts) {
			f.Watch.Git = GitFacts{Problem: "/home/alice/app is not in a git repository", Hint: "git init"}
		}}},
		{"watch what cannot be", wsgi + "[watch]\npaths=['a',\n'a/b']", []change{func(f *Facts) {
			f.Watch.Paths[1].Problem = "cannot watch /home/alice/app/a/b: a part of its path is not a directory"
		}}},
		{"watch the folder of the app", wsgi + "[watch]\npaths=['.', 'a', '..']", nil},
		{"watch nothing", wsgi + "[watch]\npaths=[]", nil},
		{"watch jobs alone", "name='tasks'\n[job.a]\ncommand='true'\nschedule='@daily'\n[watch]\ngit=true", nil},
		{"unknown placeholder", "name='tasks'\nweb.command='a ${PROT} ${HOME} ${X}'", nil},
		{"placeholders in a list", "name='tasks'\nweb.command=['a', '${}', '${port}', '${a b}', '$PORT', '${PORT']", nil},
		{"port with a socket", "name='tasks'\n[web]\ncommand='a ${PORT}'\nlisten='socket'", nil},
		{"socket with a port", "name='tasks'\n[web]\ncommand='a ${SOCKET}'\nlisten='port'", nil},
		{"socket without a directory", "name='tasks'\n[web]\ncommand='a ${SOCKET}'", []change{noSockets}},
		{"socket and port", "name='tasks'\n[web]\ncommand='a ${SOCKET} ${PORT}'", nil},
		{"reserved path", "name='tasks'\n[web]\nwsgi='app'\npath='/server-status'", nil},
		{"reserved path told once", "name='tasks'\n[web]\ncommand='a ${BASE_PATH}'\npath='/icons'\n[process.b]\ncommand='b ${BASE_PATH}'", nil},
		{"passwords over http", wsgi + "auth='basic'", []change{hosted}},
		{"passwords that nobody keeps", wsgi + "auth='basic'\nhttps_only=true", nil},
		{"a way past the web server", wsgi + "auth='campus'\nallow_from=['10.0.0.0/8']\nlisten=8000", []change{func(f *Facts) { f.Port.Number = 8000 }}},
		{"a way past the web server that stays", wsgi + "auth='campus'", []change{noSockets}},
		{"max delay on an old systemd", wsgi + "[restart]\nmax_delay='1min'", nil},
		{"limits on cgroup v1", wsgi + "[limits]\nmemory='1G'\ncpu='50%'\ntasks=5", []change{func(f *Facts) { f.Systemd.CgroupV2 = false }}},
		{"limits without controllers", wsgi + "[limits]\nmemory='1G'\ncpu='50%'\ntasks=5", []change{controllers()}},
		{"limits without cpu", wsgi + "[limits]\nmemory='1G'\ncpu='50%'\ntasks=5", []change{controllers("memory", "pids")}},
		{"strict on an old systemd", wsgi + "[sandbox]\nlevel='strict'", []change{systemd(246), noUserNamespaces}},
		{"strict without user namespaces", wsgi + "[sandbox]\nlevel='strict'", []change{systemd(247), noUserNamespaces}},
		{"user with a capital letter", wsgi, []change{userName("Alice")}},
		{"user of a domain", wsgi, []change{userName("alice@example.org")}},
		{"user with a dot", wsgi, []change{userName("alice.b")}},
		{"user with a backslash", wsgi, []change{userName(`DOMAIN\alice`)}},
		{"user without a name", wsgi, []change{userName("")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, r := build(t, c.text, c.changes...)
			got := "-- ecounit.toml\n" + c.text + "\n-- report\n"
			for _, e := range r.Entries() {
				got += e.Text([]byte(c.text))
			}
			golden(t, "report-"+c.name+".txt", got)
		})
	}
}

// TestNothingIsSaid: what the machine can do is not warned about.
func TestNothingIsSaid(t *testing.T) {
	limits := wsgi + "[limits]\nmemory='1G'\ntasks=5"
	for name, c := range map[string]struct {
		text    string
		changes []change
	}{
		"limits that are enforced":          {limits, []change{controllers("memory", "pids")}},
		"passwords over https":              {wsgi + "auth='basic'\nhttps_only=true", []change{hosted}},
		"https for every site":              {wsgi + "auth='basic'", []change{hosted, func(f *Facts) { f.HTTPSOnly = true }}},
		"no passwords of ours":              {wsgi + "auth='campus'", nil},
		"no limits on cgroup v1":            {wsgi, []change{func(f *Facts) { f.Systemd.CgroupV2 = false }, controllers()}},
		"max_delay where it is known":       {wsgi + "[restart]\nmax_delay='1min'", []change{systemd(254)}},
		"no max_delay on an old systemd":    {wsgi + "[restart]\ndelay='1min'", []change{systemd(239)}},
		"strict with user namespaces":       {wsgi + "[sandbox]\nlevel='strict'", []change{systemd(247)}},
		"basic without user namespaces":     {wsgi, []change{systemd(239), noUserNamespaces}},
		"off without user namespaces":       {wsgi + "[sandbox]\nlevel='off'", []change{noUserNamespaces}},
		"a missing python nobody asked for": {"name='tasks'\nprocess.a.command='a'", []change{func(f *Facts) { f.Python = nil }}},
		"a strange user without a site":     {"name='tasks'\nprocess.a.command='a'", []change{userName("Alice@x")}},
		"a shell's own variables":           {"name='tasks'\nprocess.a.command=['/bin/bash', '-c', 'echo ${X} ${HOME}']", nil},
	} {
		t.Run(name, func(t *testing.T) { built(t, c.text, c.changes...) })
	}
}
