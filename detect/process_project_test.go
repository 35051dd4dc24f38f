package detect

import (
	"strings"
	"testing"

	"ecounit/descriptor"
)

func TestProjectInNode(t *testing.T) {
	const server = "require('http').createServer().listen(process.env.PORT, '127.0.0.1')\n"
	for _, test := range []projectTest{
		{
			"start with node",
			map[string]string{"package.json": `{"scripts": {"start": "node server.js"}}`, "server.js": server},
			Node,
			`[web]; command = ["node", "server.js"]; prefix = "strip"`,
			[]string{"Node app node server.js", "package.json: scripts.start is: node server.js"},
		},
		{
			"with variables",
			map[string]string{"package.json": `{"scripts": {"start": "NODE_ENV=production node --max-old-space-size=200 ./bin/www"}}`, "bin/www": server},
			Node,
			`[env]; NODE_ENV = "production"; [web]; command = ["node", "--max-old-space-size=200", "./bin/www"]; prefix = "strip"`, nil,
		},
		{
			"start with something else",
			map[string]string{"package.json": `{"scripts": {"start": "next start -p ${PORT}"}}`},
			Node,
			`[web]; command = ["npm", "start"]; prefix = "strip"`,
			[]string{"scripts.start is: next start -p ${PORT}"},
		},
		{"start with a shell", map[string]string{"package.json": `{"scripts": {"start": "node build.js && node server.js"}}`}, Node, `[web]; command = ["npm", "start"]; prefix = "strip"`, nil},
		{"main", map[string]string{"package.json": `{"main": "lib/main.js"}`, "lib/main.js": server}, Node, `[web]; command = ["node", "lib/main.js"]; prefix = "strip"`, []string{"lib/main.js: there is no start script"}},
		{"server.js", map[string]string{"package.json": `{"main": 7, "scripts": {"start": ["x"], "test": "y"}}`, "server.js": server}, Node, `[web]; command = ["node", "server.js"]; prefix = "strip"`, nil},
		{"a fixed port", map[string]string{"package.json": `{}`, "index.js": "listen(3000)\n"}, Node, `[web]; command = ["node", "index.js"]; prefix = "strip"`, []string{"index.js: it does not mention process.env.PORT"}},
		{
			"a library",
			map[string]string{"package.json": `{"main": "../../etc/passwd", "dependencies": {"react": "1"}}`},
			Unknown, "",
			[]string{"found no app", "package.json: package.json has neither a start script nor a main file"},
		},
		{"no package.json", map[string]string{"server.js": server, "index.js": server}, Node, `[web]; command = ["node", "server.js"]; prefix = "strip"`, nil},
		{"scripts of a web page", map[string]string{"index.js": server, "app.js": server}, Unknown, "", nil},
		{"not JSON", map[string]string{"package.json": "{scripts"}, Unknown, "", []string{"package.json: cannot read package.json: invalid character"}},
		{"not an object", map[string]string{"package.json": "[]"}, Unknown, "", []string{"cannot read package.json"}},
		{
			"quotes",
			map[string]string{"package.json": `{"scripts": {"start": "node \"my server.js\" --name 'a \\\\ b' --price \\$5"}}`},
			Node,
			`[web]; command = ["node", "my server.js", "--name", "a \\\\ b", "--price", "$5"]; prefix = "strip"`, nil,
		},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectPinsNodeOfTheShell(t *testing.T) {
	const nvm = "/home/alice/.nvm/versions/node/v20.1.0/bin"
	m := fake(t, below(map[string]string{"package.json": `{"scripts": {"start": "node server.js"}}`}))
	p := m.Project("/srv/tasks")
	wants(t, texts(p), "there is no program node in ")
	m.add(t, map[string]string{nvm + "/node": elf, nvm + "/npm": elf})
	m.Path = nvm + ":/usr/bin"
	p = m.Project("/srv/tasks")
	if got, want := written(t, p), `[web]; command = ["`+nvm+`/node", "server.js"]; prefix = "strip"`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	m.add(t, map[string]string{"/srv/tasks/package.json": `{"scripts": {"start": "next start"}}`})
	p = m.Project("/srv/tasks")
	if got := written(t, p); got != `[web]; command = ["npm", "start"]; prefix = "strip"` {
		t.Errorf("got %s", got)
	}
}

func TestProjectWithProcfile(t *testing.T) {
	for _, test := range []projectTest{
		{
			"gunicorn",
			map[string]string{"Procfile": "web: gunicorn app:app\n"},
			Procfile, `[web]; wsgi = "app:app"`,
			[]string{"Procfile with web; virtual environment .venv", "Procfile:1: gunicorn is started by ecounit with a socket that systemd holds"},
		},
		{
			"gunicorn with options",
			map[string]string{"Procfile": "web: gunicorn --workers=4 -b 0.0.0.0:$PORT --log-file - shop.wsgi\n"},
			Procfile,
			`[web]; wsgi = "shop.wsgi:application"; workers = 4`,
			[]string{"Procfile:1: systemd sees to where it listens"},
		},
		{
			"gunicorn with the workers of uvicorn",
			map[string]string{"Procfile": "web: python -m gunicorn -w 2 -k uvicorn.workers.UvicornWorker main:app\n"},
			Procfile,
			`[web]; asgi = "main:app"; workers = 2`, nil,
		},
		{"gunicorn with a factory", map[string]string{"Procfile": "web: gunicorn 'app:create_app()'\n"}, Procfile, `[web]; wsgi = "app:create_app()"`, nil},
		{
			"gunicorn with more",
			map[string]string{"Procfile": "web: gunicorn --timeout 120 --bind 0.0.0.0:${PORT} app:app\n"},
			Procfile,
			`[env]; GUNICORN_CMD_ARGS = "--timeout 120"; [web]; wsgi = "app:app"`,
			[]string{"Procfile:1: --timeout 120 went into GUNICORN_CMD_ARGS"},
		},
		{
			"gunicorn with what has no key",
			map[string]string{"Procfile": "web: gunicorn --paste x.ini --bind 0.0.0.0:${PORT} app:app\n"},
			Procfile,
			`[web]; command = ["gunicorn", "--paste", "x.ini", "--bind", "127.0.0.1:${PORT}", "app:app"]`,
			[]string{"0.0.0.0 became 127.0.0.1"},
		},
		{"uvicorn", map[string]string{"Procfile": "web: uvicorn main:app --host=0.0.0.0 --port $PORT --proxy-headers\n"}, Procfile, `[web]; asgi = "main:app"`, nil},
		{
			"uvicorn with reload",
			map[string]string{"Procfile": "web: uvicorn main:app --reload --port=$PORT\n"},
			Procfile,
			`[web]; asgi = "main:app"`,
			[]string{"Procfile:1: not taken over: --reload"},
		},
		{
			"several",
			map[string]string{"Procfile": "# comment\nrelease: python manage.py migrate\n\nweb: node server.js\nBackground_Worker: celery -A tasks worker\nclock: python clock.py --every 5\nbroken line\nwatch: node watch.js\n"},
			Procfile,
			`[web]; command = ["node", "server.js"]; [process.background-worker]; command = ["celery", "-A", "tasks", "worker"]; [process.clock]; command = ["python", "clock.py", "--every", "5"]; [process.watch-process]; command = ["node", "watch.js"]`,
			[]string{
				"Procfile with web, background-worker, clock, watch-process; virtual environment .venv", "Procfile:2: not taken over: release runs before each deployment elsewhere",
				"Procfile:5: the process Background_Worker is called background-worker here", "Procfile:7: not taken over: the line is not NAME: COMMAND",
				"Procfile:4: the command does not mention PORT",
			},
		},
		{
			"shells",
			map[string]string{"Procfile": "web: bin/start --port ${PORT:-5000}\na: cd x && python y.py\nb: MODE=fast python z.py\nc: run $HOME\nd: run ${HOME}\ne: 'open\n"},
			Procfile,
			`[web]; command = ["bin/start", "--port", "${PORT}"]; [process.a]; command = ["sh", "-c", "cd x && python y.py"]; [process.b]; command = ["sh", "-c", "MODE=fast python z.py"]; [process.c]; command = ["sh", "-c", "run $HOME"]; [process.d]; command = ["sh", "-c", "run ${HOME}"]; [process.e]; command = ["sh", "-c", "'open"]`,
			[]string{"Procfile:2: a is run by a shell", "Procfile:3: b is run by a shell: it holds what only a shell understands", "Procfile:5: d is run by a shell"},
		},
		{"only workers", map[string]string{"Procfile": "worker: python worker.py\n"}, Procfile, `[process.worker]; command = ["python", "worker.py"]`, []string{"Procfile with no web process, worker"}},
		{
			"twice",
			map[string]string{"Procfile": "web: a $PORT\nweb: b\nx: c\nX: d\n"},
			Procfile, `[web]; command = ["a", "${PORT}"]; [process.x]; command = ["c"]; [process.x-2]; command = ["d"]`,
			[]string{"Procfile:2: not taken over: a second web process", "Procfile:4: the process X is called x-2 here"},
		},
		{"before Python", map[string]string{"Procfile": "web: gunicorn wsgi\n", "app.py": "app = Flask()\n"}, Procfile, `[web]; wsgi = "wsgi:application"`, nil},
		{"of no use", map[string]string{"Procfile": "release: x\n\x00\n", "app.py": "app = Flask()\n"}, Flask, `[web]; wsgi = "app:app"`, []string{"Procfile:1: not taken over"}},
	} {
		t.Run(test.name, test.run)
	}
}

func TestProjectTakesTheActiveEnvironment(t *testing.T) {
	app := below(map[string]string{"app.py": "app = Flask(__name__)\n"})
	const conda = "/home/alice/miniconda3/envs/psych"
	for _, test := range []struct {
		files        map[string]string
		active, keys string
		findings     []string
	}{
		{nil, "", `[web]; wsgi = "app:app"`, []string{"Flask app app:app, interpreter /usr/bin/python3", "python3 -m venv .venv && .venv/bin/python -m pip install gunicorn"}},
		{condaAt(conda), conda, `[python]; conda = "psych"; [web]; wsgi = "app:app"`, []string{"conda environment psych is active in this shell"}},
		{condaAt("/data/x"), "/data/x", `[python]; conda = "/data/x"; [web]; wsgi = "app:app"`, nil},
		{venvAt("/home/alice/envs/a"), "/home/alice/envs/a", `[python]; venv = "/home/alice/envs/a"; [web]; wsgi = "app:app"`, nil},
		{all(condaAt(conda), venvAt("/srv/tasks/venv")), conda, `[web]; wsgi = "app:app"`, []string{"virtual environment venv"}},
		{condaAt("/home/alice/miniconda3/envs/tasks"), conda, `[python]; conda = "tasks"; [web]; wsgi = "app:app"`, []string{"conda environment tasks"}},
		{all(below(map[string]string{"environment.yml": "name: gone\n"}), condaAt(conda)), conda, `[web]; wsgi = "app:app"`, []string{"environment.yml names the conda environment gone", "conda env create"}},
		{nil, "/gone", `[web]; wsgi = "app:app"`, nil},
	} {
		m := system(t, all(app, test.files))
		m.Active = test.active
		p := m.Project("/srv/tasks")
		if got := written(t, p); got != test.keys {
			t.Errorf("got %s, want %s", got, test.keys)
		}
		wants(t, texts(p), test.findings...)
	}
}

func TestNameFor(t *testing.T) {
	for folder, want := range map[string]string{
		"/srv/flask-tasks": "flask-tasks", "/srv/Flask Tasks_2.0": "flask-tasks-2-0", "/srv/--": "app", "/": "app", "/srv/Übung": "bung", "/srv/日本": "app",
		"/srv/" + strings.Repeat("ab-", 20): "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab",
	} {
		if got := nameFor(folder); got != want {
			t.Errorf("%s: got %q, want %q", folder, got, want)
		}
		if _, report := descriptor.Parse("x", []byte("name = '"+nameFor(folder)+"'\n[web]\nwsgi = 'a:b'\n")); report.HasErrors() {
			t.Errorf("%s: the name %q is refused", folder, nameFor(folder))
		}
	}
}
