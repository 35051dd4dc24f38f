package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
)

const (
	alice = "alice" // has the apps that are measured by themselves
	carol = "carol" // has a hundred small ones
	sam   = "sam"   // uses supervisor
)

// alice's apps: the example, and one that is nothing but Flask.
const (
	tasks   = "flasktasks"
	trivial = "trivial"
)

const trivialPy = `from flask import Flask
app = Flask(__name__)

@app.route("/")
def index():
    return "ok\n"
`

const trivialToml = `name = "trivial"
[python]
interpreter = "/usr/bin/python3"
[web]
wsgi = "app:app"
`

// setUpTasks enables the example.
func (b *bench) setUpTasks(ctx context.Context) error {
	return b.once("the app "+tasks, func() error {
		if err := b.once("the user "+alice, func() error { return b.user(ctx, alice) }); err != nil {
			return err
		}
		if err := b.host.CopyDir(ctx, filepath.Join(b.sources, "examples/flask-tasks"), "/home/alice/"+tasks, alice); err != nil {
			return err
		}
		_, err := b.sh(ctx, alice, "ecounit enable ./"+tasks)
		return err
	})
}

// setUpTrivial writes the app, and leaves the unit files that ecounit makes
// for it in ~/trivial-units.
func (b *bench) setUpTrivial(ctx context.Context) error {
	return b.once("the app "+trivial, func() error {
		if err := b.setUpTasks(ctx); err != nil {
			return err
		}
		for name, text := range map[string]string{"app.py": trivialPy, "ecounit.toml": trivialToml} {
			if err := b.host.WriteFile(ctx, "/home/alice/trivial/"+name, []byte(text), alice, 0o644); err != nil {
				return err
			}
		}
		_, err := b.sh(ctx, alice, `ecounit enable ./trivial
			mkdir trivial-units
			grep -l '/home/alice/trivial/ecounit.toml' .config/systemd/user/*trivial.* | xargs cp -t trivial-units
			ls trivial-units | grep -qx trivial.target
			ecounit disable trivial`)
		return err
	})
}

// addressOf is where an app listens, from its socket unit.
func (b *bench) addressOf(ctx context.Context, folder, app string) (string, error) {
	text, err := b.sh(ctx, alice, "cat "+folder+"/"+app+".socket")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(text) {
		if address, found := strings.CutPrefix(strings.TrimSpace(line), "ListenStream="); found {
			return address, nil
		}
	}
	return "", fmt.Errorf("%s.socket has no address:\n%s", app, text)
}

// apps is how many small apps carol has, and programs sam.
const apps = 100

// carol's and sam's apps listen on ports from these on: a user without the
// host service has fewer than a hundred to choose from.
const (
	carolPorts = 22001
	samPorts   = 23001
)

// setUpMany gives carol and sam the same small web app, a hundred times.
func (b *bench) setUpMany(ctx context.Context) error {
	return b.once("a hundred apps", func() error {
		if err := b.user(ctx, carol); err != nil {
			return err
		}
		var programs strings.Builder
		for i := range apps {
			text := fmt.Sprintf("name = \"app-%d\"\n[web]\ncommand = [%q, \"inside\", \"serve\", \"${PORT}\"]\nlisten = %d\n", i, program, carolPorts+i)
			if err := b.host.WriteFile(ctx, fmt.Sprintf("/home/carol/app-%d/ecounit.toml", i), []byte(text), carol, 0o644); err != nil {
				return err
			}
			fmt.Fprintf(&programs, "[program:app-%d]\ncommand=%s inside serve %d\n", i, program, samPorts+i)
		}
		if _, err := b.sh(ctx, carol, "for app in ./app-*; do ecounit enable $app >said 2>&1 || { cat said; exit 1; }; done; rm said"); err != nil {
			return err
		}
		return b.supervisor(ctx, "many", programs.String())
	})
}

// supervisor starts a supervisord of sam's with these programs, and waits
// until all of them run. It ends with the host.
func (b *bench) supervisor(ctx context.Context, name, programs string) error {
	if err := b.once("the user "+sam, func() error { return b.host.AddUser(ctx, sam) }); err != nil {
		return err
	}
	config := fmt.Sprintf(`[supervisord]
logfile=/home/sam/%[1]s.log
pidfile=/home/sam/%[1]s.pid
childlogdir=/home/sam
[unix_http_server]
file=/home/sam/%[1]s.sock
[supervisorctl]
serverurl=unix:///home/sam/%[1]s.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
%[2]s`, name, programs)
	if err := b.host.WriteFile(ctx, configOf(name), []byte(config), sam, 0o644); err != nil {
		return err
	}
	_, err := b.sh(ctx, sam, "supervisord -c "+configOf(name)+`
		for i in $(seq 100); do
			supervisorctl -c `+configOf(name)+` status >last
			grep -v RUNNING last >others || exit 0
			sleep 0.2
		done
		cat others; exit 1`)
	return err
}

func configOf(name string) string { return "/home/sam/" + name + ".conf" }
