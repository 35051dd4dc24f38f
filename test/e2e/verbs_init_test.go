//go:build machine

package e2e

import (
	"fmt"
	"strings"
	"testing"

	"ecounit/test/machine"
)

// initialised are folders as people have them, what init says of each, and
// what the app answers once it is enabled.
var initialised = []struct {
	name   string
	make   func(*user, string)
	says   []string
	toml   []string
	path   string
	answer string
}{
	{"flaskvenv", flaskWithVenv, []string{"found        Flask app app:app, virtual environment .venv"}, []string{`wsgi = "app:app"`}, "/alice_flaskvenv/", "from Flask in .venv"},
	{"flaskconda", flaskWithConda, []string{"found        Flask app wsgi:application, conda environment flaskconda"}, []string{`conda = "flaskconda"`, `wsgi = "wsgi:application"`}, "/alice_flaskconda/", "from Flask in flaskconda"},
	{"survey", fastAPI, []string{"found        FastAPI app main:app"}, []string{`asgi = "main:app"`}, "/", `{"from":"FastAPI"}`},
	{"stars", starlette, []string{"found        Starlette app stars:app"}, []string{`asgi = "stars:app"`}, "/", "from Starlette"},
	{"board", node, []string{"found        Node app node index.js", "scripts.start is: NODE_ENV=production node index.js"}, []string{`command = ["node", "index.js"]`, `NODE_ENV = "production"`}, "/", "from Node in production"},
	{"procs", procfile, []string{"found        Procfile with web, worker", "gunicorn is started by ecounit with a socket that systemd holds (Procfile:1)"}, []string{`wsgi = "app:app"`, "[process.worker]"}, "/alice_procs/", "Word count"},
	{"mysite", django, []string{"found        Django app mysite.wsgi:application, virtual environment .venv"}, []string{`wsgi = "mysite.wsgi:application"`}, "/alice_mysite/", "from Django with mysite.settings"},
}

// TestInitThenEnableServes: two commands take a folder to an app that answers.
func TestInitThenEnableServes(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	for _, app := range initialised {
		t.Run(app.name, func(t *testing.T) {
			alice := alice.in(t)
			dir := "/home/alice/" + app.name
			alice.Sh("mkdir -p " + dir)
			app.make(alice, dir)
			h := alice.host
			hashes := "cd " + dir + " && find . -type f ! -name ecounit.toml | sort | xargs -d '\\n' sha256sum"
			before := alice.Sh(hashes)
			if dry := alice.OK("init", dir, "--dry-run"); !strings.Contains(dry, `name = "`+app.name+`"`) {
				t.Errorf("--dry-run: %s", dry)
			}
			alice.Sh("! test -e " + dir + "/ecounit.toml")
			r := h.exec(alice.Dir(dir), "ecounit", "init")
			h.Contains(r.Stdout+r.Stderr, append(app.says, "wrote        ecounit.toml")...)
			written := alice.Sh("cat " + dir + "/ecounit.toml")
			h.Contains(written, app.toml...)
			alice.Fails(1, []string{"init", dir}, "cannot write", "it is there already", "ecounit check")
			if alice.Sh("cat "+dir+"/ecounit.toml") != written {
				t.Error("the descriptor was overwritten")
			}
			if after := alice.Sh(hashes); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			alice.OK("check", dir)
			h.Contains(alice.OK("enable", dir), "answers 200")
			h.Contains(alice.page(app.name, app.path), app.answer)
			alice.OK("status", app.name)
		})
	}
	t.Run("what_cannot_be_written", func(t *testing.T) { initCannot(alice.in(t)) })
}

// page asks the app for a path, on its own address.
func (u *user) page(app, path string) string {
	u.host.t.Helper()
	return u.Sh(`curl -s --max-time 10 "http://$(ecounit status ` + app + ` --json | sed -n 's/.*"address": "\(.*\)",/\1/p')` + path + `"`)
}

func initCannot(alice *user) {
	h := alice.host
	alice.Sh("mkdir empty linked closed && ln -s /nowhere/at/all linked/ecounit.toml && chmod 500 closed")
	alice.Fails(1, []string{"init", "empty"}, "found no app in /home/alice/empty", "what to run is not known yet")
	alice.Fails(1, []string{"check", "./empty"}, "empty/ecounit.toml:")
	alice.Fails(1, []string{"init", "linked"}, "cannot write linked/ecounit.toml: it is there already")
	alice.Fails(1, []string{"init", "closed"}, "cannot write", "permission denied")
	alice.Fails(2, []string{"init", "missing"}, "missing is not a folder")
	if left := alice.Sh("ls -A closed"); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}

func flaskWithVenv(u *user, dir string) {
	u.Sh("python3 -m venv --system-site-packages --without-pip " + dir + "/.venv")
	u.Write(dir+"/app.py", "import os, sys\nfrom flask import Flask\napp = Flask(__name__)\n\n@app.route('/')\ndef index():\n    return 'from Flask in ' + os.path.basename(sys.prefix)\n")
	u.Write(dir+"/requirements.txt", "flask\ngunicorn\n")
}

// flaskWithConda lays out an environment as conda does: a Python of its own,
// the packages in its own site-packages, and a note of both in conda-meta.
func flaskWithConda(u *user, dir string) {
	u.Sh(`set -e
		prefix=$HOME/miniconda3/envs/flaskconda version=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])')
		mkdir -p $HOME/miniconda3/conda-meta $HOME/miniconda3/condabin $prefix/conda-meta $prefix/bin $prefix/lib/python$version/site-packages
		touch $prefix/conda-meta/history
		cp $(readlink -f /usr/bin/python3) $prefix/bin/python$version
		ln -s python$version $prefix/bin/python3
		ln -s python$version $prefix/bin/python
		cd $prefix/lib/python$version
		for file in /usr/lib/python$version/*; do ln -s $file; done
		ln -sf /usr/lib/python$version/lib-dynload
		rm -f sitecustomize.py
		echo 'import site, sys; site.addsitedir(sys.prefix + "/lib/python'$version'/site-packages")' > sitecustomize.py
		for package in flask Flask werkzeug Werkzeug jinja2 Jinja2 markupsafe MarkupSafe itsdangerous click gunicorn blinker pkg_resources setuptools; do
			for found in /usr/lib/python3/dist-packages/$package /usr/lib/python3/dist-packages/$package-*; do
				[ ! -e $found ] || ln -sf $found site-packages/
			done
		done`)
	u.Write(dir+"/wsgi.py", "import os, sys\nfrom flask import Flask\napplication = Flask(__name__)\n\n@application.route('/')\ndef index():\n    return 'from Flask in ' + os.path.basename(sys.prefix)\n")
	u.Write(dir+"/environment.yml", "name: flaskconda\ndependencies:\n  - python\n  - flask\n  - gunicorn\n")
}

func fastAPI(u *user, dir string) {
	u.Write(dir+"/main.py", "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef index():\n    return {'from': 'FastAPI'}\n")
}

func starlette(u *user, dir string) {
	u.Write(dir+"/stars.py", "from starlette.applications import Starlette\nfrom starlette.responses import PlainTextResponse\nfrom starlette.routing import Route\n\n\nasync def index(request):\n    return PlainTextResponse('from Starlette')\n\n\napp = Starlette(routes=[Route('/', index)])\n")
}

func node(u *user, dir string) {
	u.Write(dir+"/package.json", `{"name": "board", "main": "index.js", "scripts": {"start": "NODE_ENV=production node index.js"}}`)
	u.Write(dir+"/index.js", "require('http').createServer((q, r) => r.end('from Node in ' + process.env.NODE_ENV)).listen(process.env.PORT, '127.0.0.1')\n")
}

func procfile(u *user, dir string) {
	u.host.Must(u.host.CopyDir(u.host.t.Context(), "../../examples/procfile-app", dir, u.name))
}

// django makes what "django-admin startproject mysite ." makes, as far as it
// matters here, and a stand-in for Django itself.
func django(u *user, dir string) {
	u.Sh("python3 -m venv --system-site-packages --without-pip " + dir + "/.venv")
	site := strings.TrimSpace(u.Sh("echo " + dir + "/.venv/lib/python3*/site-packages"))
	u.Write(site+"/django/__init__.py", "")
	u.Write(site+"/django/core/__init__.py", "")
	u.Write(site+"/django/core/wsgi.py", "import os\n\n\ndef get_wsgi_application():\n    def app(environ, start_response):\n        start_response('200 OK', [('Content-Type', 'text/plain')])\n        return [b'from Django with ' + os.environ['DJANGO_SETTINGS_MODULE'].encode()]\n    return app\n")
	u.Write(site+"/Django-4.2.dist-info/METADATA", "Metadata-Version: 2.1\nName: Django\nVersion: 4.2\n")
	for _, kind := range []string{"wsgi", "asgi"} {
		u.Write(dir+"/mysite/"+kind+".py", fmt.Sprintf("\"\"\"\n%[1]s config for mysite project.\n\"\"\"\n\nimport os\n\nfrom django.core.%[1]s import get_%[1]s_application\n\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n\napplication = get_%[1]s_application()\n", kind))
	}
	u.Write(dir+"/mysite/__init__.py", "")
	u.Write(dir+"/mysite/settings.py", "SECRET_KEY = 'x'\nROOT_URLCONF = 'mysite.urls'\nWSGI_APPLICATION = 'mysite.wsgi.application'\n")
	u.Write(dir+"/mysite/urls.py", "urlpatterns = []\n")
	u.Write(dir+"/manage.py", "#!/usr/bin/env python\nimport os\nimport sys\n\n\ndef main():\n    os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'mysite.settings')\n    from django.core.management import execute_from_command_line\n    execute_from_command_line(sys.argv)\n\n\nif __name__ == '__main__':\n    main()\n")
}
