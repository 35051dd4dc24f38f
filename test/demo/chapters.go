package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"ecounit/test/machine"
)

// chapters is the story, in order.
var chapters = []struct {
	title string
	tell  func(d *demo, ctx context.Context, deb string) error
}{
	{"The administrator installs the package.", (*demo).install},
	{"The administrator sets the host service up, once for all apps to come.", (*demo).setUp},
	{"Alice, an ordinary user, has a Flask app; bob has a chat room.", (*demo).newUsers},
	{"Alice sees what ecounit finds by itself. The app has an ecounit.toml already; she checks it.", (*demo).check},
	{"The administrator lets users have databases. Alice wants her tasks in one.", (*demo).allowDatabases},
	{"Alice and bob enable their apps, at the same time. No root, no ticket, no port agreed by mail.", (*demo).enable},
	{"Visitors reach the apps over https: the page, its style sheet, what the app sees of them, and a form.", (*demo).visit},
	{"Bob would like alice's path. It is hers.", (*demo).collide},
	{"The administrator wants to see each new site first. Bob has another one; it waits, and is approved.", (*demo).approve},
	{"New code: alice restarts the app, again and again, while visitors ask for the page without a pause.", (*demo).restart},
	{"A crash: the app's main process is killed. systemd starts it again; who asks meanwhile waits a moment.", (*demo).kill},
	{"The host reboots.", (*demo).reboot},
	{"Nobody has logged in since. The apps are there, with all that was in them.", (*demo).afterReboot},
	{"Alice looks at the whole of it, and the administrator at all sites.", (*demo).status},
	{"Alice disables the app. Nothing of it is left but her claim to the path.", (*demo).disable},
}

func (d *demo) install(ctx context.Context, deb string) error {
	name := filepath.Base(deb)
	if err := d.host.CopyIn(ctx, deb, "/tmp/"+name, "root", 0o644); err != nil {
		return err
	}
	return d.all(ctx,
		line{actor{"root", "/tmp", "root@eco:/tmp# "}, "apt-get -q -y install ./" + name, []expectation{says("Setting up ecounit")}},
		line{root, "ecounit version", []expectation{says("ecounit ")}},
	)
}

func (d *demo) setUp(ctx context.Context, _ string) error {
	if _, err := d.quietly(ctx, "root", "systemctl enable --now apache2 2>&1"); err != nil {
		return err
	}
	return d.all(ctx,
		line{root, "ecounit host setup", []expectation{says("/etc/ecounit/host.toml")}},
		line{root, "ecounit host check", []expectation{lacks("error")}},
	)
}

func (d *demo) newUsers(ctx context.Context, _ string) error {
	for who, example := range map[actor]string{inApp: "flask-tasks", inChat: "asgi-chat"} {
		if _, err := d.quietly(ctx, "root", "useradd --create-home --shell /bin/bash "+who.user); err != nil {
			return err
		}
		if err := d.host.CopyDir(ctx, filepath.Join(d.sources, "examples", example), who.dir, who.user); err != nil {
			return err
		}
	}
	return d.all(ctx,
		line{alice, "id", []expectation{says("(alice)"), lacks("root", "sudo")}},
		line{inApp, "ls", []expectation{says("wsgi.py", "ecounit.toml")}},
		line{inChat, "ls", []expectation{says("main.py", "ecounit.toml")}},
	)
}

func (d *demo) check(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{inApp, "ecounit init --dry-run", []expectation{says("Flask app", `wsgi = "wsgi:application"`)}},
		line{inApp, "ecounit check", []expectation{lacks("error", "warning")}},
	)
}

// allowDatabases changes two files. The root of bullseye has no driver for
// Postgres in it: there the tasks stay in a file.
func (d *demo) allowDatabases(ctx context.Context, _ string) error {
	if d.suite == machine.Bullseye {
		d.remark("not on bullseye")
		return nil
	}
	if _, err := d.quietly(ctx, "root", "systemctl enable --now postgresql 2>&1"); err != nil {
		return err
	}
	return d.all(ctx,
		line{root, "sed -i 's/^# postgres = false/postgres = true/' /etc/ecounit/host.toml && ecounit host check", []expectation{says("postgres"), lacks("error")}},
		line{inApp, "sed -i 's/^# \\[database\\].*/[database]/; s/^# postgres/postgres/' ecounit.toml && grep -A 1 database ecounit.toml", []expectation{says("[database]", "postgres = true"), lacks("# postgres")}},
	)
}

// enable lets bob type while alice's command runs; what he sees is shown after
// what she sees.
func (d *demo) enable(ctx context.Context, _ string) error {
	said := make(chan error, 1)
	var screen strings.Builder
	other := story{out: &screen, color: d.color}
	go func() {
		_, err := other.types(ctx, d.remote, inChat, "ecounit enable", says("answers", "published", "/bob_chat/"))
		said <- err
	}()
	wanted := []string{"lingering", "answers 200", "published", address}
	if d.suite != machine.Bullseye {
		wanted = append(wanted, "alice_"+app+" (peer authentication, no password)")
	}
	_, err := d.on(ctx, inApp, "ecounit enable", says(wanted...))
	err = errors.Join(err, <-said)
	fmt.Fprint(d.out, screen.String())
	if err != nil {
		return err
	}
	_, err = d.on(ctx, inApp, "ecounit enable", says("nothing to do"))
	return err
}

func (d *demo) visit(ctx context.Context, _ string) error {
	return d.all(ctx,
		page("Stroop task"),
		line{visitor, "curl -sSI " + address + "static/style.css", []expectation{says("HTTP/1.1 200", "Content-Type: text/css")}},
		line{visitor, "curl -sS " + address + "whoami", []expectation{says(`"scheme":"https"`, `"host":"eco.example.ac.uk"`, `"path":"/alice_`+app+`"`)}},
		line{visitor, "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' -d title='Book room 7' " + address + "tasks", []expectation{says("303 " + address)}},
		line{visitor, "curl -sSi " + site + "/bob_chat/ | grep -E '^HTTP|<title>'", []expectation{says("HTTP/1.1 200", "<title>")}},
	)
}

// page fetches the start page, which has to have a task.
func page(task string) line {
	return line{visitor, "curl -sSi " + address + " | grep -E '^HTTP|<title>|<span>'", []expectation{says("HTTP/1.1 200", "<title>Psychology tasks</title>", task)}}
}

func (d *demo) collide(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{inChat, "cp ecounit.toml before && sed -i '/asgi = /a path = \"/alice_" + app + "\"' ecounit.toml", nil},
		line{inChat, "ecounit enable; echo \"exit status $?\"", []expectation{says("alice", "exit status 1")}},
		line{inChat, "mv before ecounit.toml", nil},
		page("Book room 7"),
	)
}

func (d *demo) approve(ctx context.Context, _ string) error {
	const second = "mkdir -p ~/hello && cd ~/hello && printf 'name = \"hello\"\n[web]\ncommand = [\"python3\", \"-m\", \"http.server\", \"--bind\", \"127.0.0.1\", \"${PORT}\"]\nprefix = \"strip\"\n' > ecounit.toml && echo Hello, this is bob > index.html"
	return d.all(ctx,
		line{root, "echo 'approval = \"ask\"' | cat - /etc/ecounit/host.toml > new && mv new /etc/ecounit/host.toml", nil},
		line{bob, second, nil},
		line{bob, "ecounit enable ./hello; echo \"exit status $?\"", []expectation{says("approval", "exit status 5")}},
		line{visitor, "curl -sSI " + site + "/bob_hello/ | head -n 1", []expectation{says("404")}},
		line{root, "ecounit host list", []expectation{says("alice_"+app, "bob_chat", "bob_hello", "pending")}},
		line{root, "ecounit host approve bob_hello", nil},
		line{visitor, "curl -sS " + site + "/bob_hello/", []expectation{says("Hello, this is bob")}},
	)
}

func (d *demo) afterReboot(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{root, "loginctl show-user alice --property State", []expectation{says("State=lingering")}},
		page("Book room 7"),
		line{visitor, "curl -sS " + site + "/bob_hello/", []expectation{says("Hello, this is bob")}},
	)
}

func (d *demo) status(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{alice, "ecounit status " + app, []expectation{says("active for", "starts at boot", "published", "answers 200", "pid "), lacks("not published", "warning")}},
		line{root, "ecounit host list", []expectation{says("alice_"+app, "bob_chat", "bob_hello"), lacks("pending")}},
		line{root, "ecounit host who-has /bob_chat", []expectation{says("bob")}},
	)
}

func (d *demo) disable(ctx context.Context, _ string) error {
	err := d.all(ctx,
		line{inApp, "ecounit disable", []expectation{says("disabled", "reserved")}},
		line{inApp, "ecounit list", []expectation{says("no apps")}},
		line{visitor, "curl -sSI " + address + " | head -n 1", []expectation{says("404")}},
		line{root, "ecounit host who-has /alice_" + app, []expectation{says("alice", "reserved")}},
	)
	if err != nil {
		return err
	}
	left, err := d.quietly(ctx, alice.user, "find .config .local -name '*"+app+"*'; systemctl --user list-units --all --no-legend '*"+app+"*'; pgrep -u alice -a gunicorn || true")
	if err == nil && left != "" {
		return fmt.Errorf("this is left of the app: %s", strings.Join(strings.Fields(left), " "))
	}
	return err
}
