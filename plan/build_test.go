package plan

import (
	"encoding/json"
	"testing"

	"ecounit/descriptor"
)

// TestPlans: the whole plan is in testdata/NAME.json.
func TestPlans(t *testing.T) {
	venv := func(f *Facts) {
		f.Python = &Interpreter{
			Path: "/home/alice/app/.venv/bin/python", Kind: VirtualEnvironment, Name: ".venv", Prefix: "/home/alice/app/.venv",
			Modules: map[string]string{"gunicorn": "20.1", "uvicorn": "0.17"},
		}
	}
	plain := func(f *Facts) {
		f.Python = &Interpreter{Path: "/usr/bin/python3", Kind: PlainInterpreter, Name: "/usr/bin/python3", Modules: map[string]string{"gunicorn": "20.1"}}
	}
	for _, c := range []struct {
		name, text string
		changes    []change
	}{
		{"wsgi on a socket", wsgi, nil},
		{"wsgi on a port", "name='tasks'\nweb={wsgi='pkg.wsgi:make()', workers=4, prefix='strip', listen=8000, websocket=false, path='/x', health='/healthz', start_timeout='2min'}", []change{noSockets, venv}},
		{"asgi", "name='api'\nweb={asgi='main'}", []change{venv}},
		{"asgi keeps its prefix", "name='api'\nweb={asgi='main:api', prefix='keep', workers=3, health='/docs?x=1'}", []change{noSockets}},
		{"command on a port", "name='node'\nweb.command='node server.js --port ${PORT} --base ${BASE_PATH} --name ${NAME}-${NAME}'", nil},
		{"command that reads its environment", "name='node'\nweb.command='node server.js'", nil},
		{"command on a socket", "name='jupyter'\nweb.command='jupyter lab --sock ${SOCKET}'", nil},
		{"command with a file descriptor", "name='hyper'\nweb.command='hypercorn --bind fd://${FD} app'", nil},
		{"command with a file descriptor on a port", "name='hyper'\nweb={command='hypercorn --bind fd://${FD} app', listen='port'}", nil},
		{"command in a shell", "name='sh'\nweb.command=['sh', '-c', 'exec \"${HOME}\"/serve ${PORT} ${UNKNOWN:-x} $A']", nil},
		{"visitors", wsgi + "allow_from=['2001:db8::/32', '129.215.0.0/16', '10.0.0.1', '10.0.0.1/32']\nauth='basic'\nhttps_only=true\nbody_limit='100M'\ntimeout='90s'\nconnections=30", []change{hosted}},
		{"database", wsgi + "[database]\npostgres=true\n[process.worker]\ncommand='/bin/w'\n[env]\nPGUSER='mine'", nil},
		{"no database", wsgi + "[database]\npostgres=false", nil},
		{"processes", "name='jobs'\ndescription='Jobs'\n[process]\nb={command=['python','b.py','${NAME}'], instances=3}\na={command='/bin/a'}\nweb-2={command='b'}", []change{plain}},
		{"process of a web app", wsgi + "[process.worker]\ncommand='python w.py ${BASE_PATH}'", nil},
		{"environment", wsgi + "[env]\nZ='1'\nA=''\nPATH='/mine'\nCONDA_PREFIX='x'", nil},
		{"every setting", wsgi + `
[restart]
policy = "on-failure"
delay = "500ms"
max_delay = "5min"
[limits]
memory = "512M"
cpu = "150%"
tasks = 200
[sandbox]
level = "strict"
[systemd]
unit = { After = "x.service" }
service = { Nice = 5, ExecStartPre = ["/bin/a", "/bin/b"] }
socket = { Backlog = 1 }
slice = { CPUWeight = 10 }
`, []change{systemd(257)}},
		{"watch", wsgi + "[process.worker]\ncommand='w'\ninstances=2\n[watch]\npaths=['tmp/restart.txt', 'app.py', 'app.py']\ngit=true", nil},
		{"watch of a factory", "name='api'\nweb.asgi='main:make()'\nwatch.git=true", nil},
		{"watch of a command", "name='node'\nweb.command='node'\nwatch.paths=['server.js']", nil},
		{"gunicorn that preloads", wsgi + "[env]\nGUNICORN_CMD_ARGS='--preload'\n[watch]\ngit=true", nil},
		{"gunicorn that preloads by its own file", wsgi, []change{func(f *Facts) { f.Preloads = true }}},
		{"told of failures", wsgi + "[on_failure]\ncommand=['python','tell.py','${NAME}']\nmail='alice@example.org'\nrecovered=true", nil},
		{"mail of failures", "name='jobs'\nprocess.a.command='/bin/a'\non_failure.mail='alice'", nil},
		{"never restarted and not sandboxed", wsgi + "[restart]\npolicy='never'\n[sandbox]\nlevel='off'", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.MarshalIndent(built(t, c.text, c.changes...), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, c.name+".json", string(got)+"\n")
		})
	}
}

// everything has many names in maps, whose order must not show.
const everything = `
name = "tasks"
env_files = ["b", "a"]
[env]
E = "1"
D = "2"
C = "3"
B = "4"
A = "5"
[web]
command = "node server.js ${PORT} ${NAME} ${BASE_PATH}"
[process]
e.command = "e"
d.command = "d ${NAME}"
c.command = "c"
b.command = "b"
a.command = "a"
[systemd.service]
Nice = 1
IOWeight = 2
CPUWeight = 3
`

func TestBuildIsDeterministic(t *testing.T) {
	forms := map[string]bool{}
	for range 100 {
		d := parse(t, everything)
		d.Env, d.Process = shuffled(d.Env), shuffled(d.Process)
		got, err := json.Marshal(must(Build(d, factsOf(d))))
		if err != nil {
			t.Fatal(err)
		}
		forms[string(got)] = true
	}
	if len(forms) != 1 {
		t.Errorf("%d different plans of one descriptor", len(forms))
	}
}

// shuffled makes the map anew; Go's order of it is by chance.
func shuffled[V any](m map[string]V) map[string]V {
	again := map[string]V{}
	for k, v := range m {
		again[k] = v
	}
	return again
}

func must[P, R any](p P, _ R) P { return p }

func TestReportsAreDeterministic(t *testing.T) {
	text := "name='tasks'\n[process]\nc.command='c ${X}'\nb.command='b ${PORT}'\na.command='a ${Y}'"
	_, first := build(t, text)
	for range 100 {
		_, again := build(t, text)
		for i, e := range again.Entries() {
			if e != first.Entries()[i] {
				t.Fatalf("%+v, then %+v", first.Entries()[i], e)
			}
		}
	}
}

func TestBuildDoesNotChangeWhatItReads(t *testing.T) {
	d := parse(t, everything)
	f := factsOf(d)
	before, err := json.Marshal(struct {
		D *descriptor.Descriptor
		F Facts
	}{d, f})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := Build(d, f)
	p.Services[0].Argv[1] = "changed"
	after, err := json.Marshal(struct {
		D *descriptor.Descriptor
		F Facts
	}{d, f})
	if err != nil || string(before) != string(after) {
		t.Error(err, string(after))
	}
}

func BenchmarkBuild(b *testing.B) {
	for name, text := range map[string]string{"minimal": wsgi, "everything": everything} {
		d := parse(b, text)
		f := factsOf(d)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Build(d, f)
			}
		})
	}
}
