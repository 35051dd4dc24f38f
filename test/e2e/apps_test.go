//go:build machine

package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
)

// hello makes a small Flask app that answers a word, with its descriptor, and
// returns its folder.
func (u *user) hello(name, word string, more ...string) string {
	u.host.t.Helper()
	dir := filepath.Join("/home", u.name, name)
	u.Sh("mkdir -p " + dir)
	u.says(dir, word)
	u.descriptor(dir, "name = \""+name+"\"", append([]string{"[web]", `wsgi = "app:app"`}, more...)...)
	return dir
}

// says makes the app in the folder answer a word.
func (u *user) says(dir, word string) {
	u.host.t.Helper()
	u.Write(filepath.Join(dir, "app.py"), fmt.Sprintf(`
from flask import Flask, request
app = Flask(__name__)

@app.route("/")
def index():
    return %q
`, word))
}

func (u *user) descriptor(dir, first string, lines ...string) {
	u.host.t.Helper()
	u.Write(filepath.Join(dir, "ecounit.toml"), strings.Join(append([]string{first}, lines...), "\n")+"\n")
}

// answers asks the app on its own address.
func (u *user) answers(name string) string {
	u.host.t.Helper()
	return u.Sh(`curl -s --max-time 10 "http://$(ecounit status ` + name + ` --json | sed -n 's/.*"address": "\(.*\)",/\1/p')/` + u.name + `_` + name + `/"`)
}

// snapshot is everything about an app that a failed change must not alter:
// unit files, links, and what systemd has loaded and runs.
func (u *user) snapshot(name string) string {
	u.host.t.Helper()
	return u.Sh(`cd ~/.config/systemd/user 2>/dev/null || exit 0
		find . -name '*` + name + `*' | sort | while read f; do echo "$f $(readlink "$f" || sha256sum < "$f")"; done
		for u in ` + name + `.target ` + name + `.socket ` + name + `.service; do
			systemctl --user show "$u" -p ActiveState -p FragmentPath -p NeedDaemonReload -p ExecStart --value | sed 's/start_time=.*//'
		done
		cd ~/.local/state/ecounit/` + name + ` && ls -A && sha256sum plan.json`)
}
