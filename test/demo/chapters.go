package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
)

// chapters is the story, in order.
var chapters = []struct {
	title string
	tell  func(d *demo, ctx context.Context, deb string) error
}{
	{"The administrator installs the package.", (*demo).install},
	{"The administrator tells Apache, once for all apps to come.", (*demo).tellApache},
	{"Alice, an ordinary user, has a Flask app.", (*demo).newUser},
	{"Alice sees what ecounit finds by itself. The app has an ecounit.toml already; she checks it.", (*demo).check},
	{"Alice enables the app. No root, no port agreed by mail, no crontab.", (*demo).enable},
	{"The administrator reads request.txt, and runs the one command in it.", (*demo).publish},
	{"Visitors reach the app over https: the page, its style sheet, what the app sees of them, and a form.", (*demo).visit},
	{"New code: alice restarts the app, again and again, while visitors ask for the page without a pause.", (*demo).restart},
	{"A crash: the app's main process is killed. systemd starts it again; who asks meanwhile waits a moment.", (*demo).kill},
	{"The host reboots.", (*demo).reboot},
	{"Nobody has logged in since. The app is there, with all that was in it.", (*demo).afterReboot},
	{"Alice looks at the whole of it.", (*demo).status},
	{"Alice disables the app. Nothing of it is left, and visitors get a page that says so.", (*demo).disable},
	{"The administrator withdraws the app, with the command from the request.", (*demo).withdrawApp},
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

// tellApache types what the README says.
func (d *demo) tellApache(ctx context.Context, _ string) error {
	if _, err := d.quietly(ctx, "root", "systemctl enable --now apache2 2>&1"); err != nil {
		return err
	}
	return d.all(ctx,
		line{root, "a2enmod --quiet headers proxy proxy_http proxy_wstunnel rewrite", nil},
		line{root, "a2enconf --quiet ecounit", nil},
		line{root, "systemctl reload apache2 && systemctl is-active apache2", []expectation{says("active"), lacks("inactive")}},
	)
}

func (d *demo) newUser(ctx context.Context, _ string) error {
	if _, err := d.on(ctx, root, "useradd --create-home --shell /bin/bash alice"); err != nil {
		return err
	}
	if err := d.host.CopyDir(ctx, filepath.Join(d.sources, "examples/flask-tasks"), inApp.dir, alice.user); err != nil {
		return err
	}
	return d.all(ctx,
		line{alice, "id", []expectation{says("(alice)"), lacks("root", "sudo")}},
		line{inApp, "ls", []expectation{says("wsgi.py", "ecounit.toml")}},
	)
}

func (d *demo) check(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{inApp, "ecounit init --dry-run", []expectation{says("Flask app", `wsgi = "wsgi:application"`)}},
		line{inApp, "ecounit check", []expectation{lacks("error", "warning")}},
	)
}

func (d *demo) enable(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{inApp, "ecounit enable", []expectation{says("lingering", "answers 200", "request.txt")}},
		line{inApp, "ecounit enable", []expectation{says("nothing to do")}},
	)
}

// request finds the command that installs the include, and the one that takes
// it away, in the text for the administrator.
var request = regexp.MustCompile(`(?ms)^(sudo tee .*?\nECOUNIT)$.*^- To withdraw it: (sudo .*?)$`)

func (d *demo) publish(ctx context.Context, _ string) error {
	path := "/home/alice/.local/state/ecounit/" + app + "/request.txt"
	if _, err := d.on(ctx, root, "head -n 8 "+path, says("alice", "/alice_"+app)); err != nil {
		return err
	}
	text, err := d.host.ReadFile(ctx, path)
	if err != nil {
		return err
	}
	commands := request.FindStringSubmatch(string(text))
	if commands == nil {
		return fmt.Errorf("the command is missing in %s", path)
	}
	d.withdraw = commands[2]
	_, err = d.on(ctx, root, commands[1], says("Syntax OK"))
	return err
}

func (d *demo) visit(ctx context.Context, _ string) error {
	return d.all(ctx,
		page("Stroop task"),
		line{visitor, "curl -sSI " + address + "static/style.css", []expectation{says("HTTP/1.1 200", "Content-Type: text/css")}},
		line{visitor, "curl -sS " + address + "whoami", []expectation{says(`"scheme":"https"`, `"host":"eco.example.ac.uk"`, `"path":"/alice_`+app+`"`)}},
		line{visitor, "curl -sS -o /dev/null -w '%{http_code} %{redirect_url}\\n' -d title='Book room 7' " + address + "tasks", []expectation{says("303 " + address)}},
	)
}

// page fetches the start page, which has to have a task.
func page(task string) line {
	return line{visitor, "curl -sSi " + address + " | grep -E '^HTTP|<title>|<span>'", []expectation{says("HTTP/1.1 200", "<title>Psychology tasks</title>", task)}}
}

func (d *demo) afterReboot(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{root, "loginctl show-user alice --property State", []expectation{says("State=lingering")}},
		page("Book room 7"),
	)
}

func (d *demo) status(ctx context.Context, _ string) error {
	_, err := d.on(ctx, alice, "ecounit status "+app, says("active for", "starts at boot", "published", "answers 200", "pid "), lacks("not published", "warning"))
	return err
}

func (d *demo) disable(ctx context.Context, _ string) error {
	err := d.all(ctx,
		line{inApp, "ecounit disable", []expectation{says("disabled")}},
		line{inApp, "ecounit list", []expectation{says("no apps")}},
		line{visitor, "curl -sSi " + address + " | grep -E '^HTTP|<h1>'", []expectation{says("HTTP/1.1 503", "<h1>")}},
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

func (d *demo) withdrawApp(ctx context.Context, _ string) error {
	return d.all(ctx,
		line{root, d.withdraw, nil},
		line{visitor, "curl -sSI " + address, []expectation{says("HTTP/1.1 404")}},
	)
}
