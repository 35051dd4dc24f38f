//go:build machine

package e2e

import (
	"strings"
	"testing"

	"ecounit/test/machine"
)

// oneAfterTheOther is an app whose first worker dies when there is a second, and
// the second a second later.
const oneAfterTheOther = `import os, time
first, second = (f"/tmp/{os.getppid()}.{n}" for n in (1, 2))
try:
    open(first, "x")
    while not os.path.exists(second):
        time.sleep(0.01)
except FileExistsError:
    open(second, "x")
    time.sleep(1)
raise RuntimeError("no database configured")
`

// TestABadVersionLeavesTheGoodOneRunning spoils an app in each way that a
// deploy goes wrong.
func TestABadVersionLeavesTheGoodOneRunning(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	spoiled := []struct {
		name  string
		toml  []string
		files map[string]string
		sh    string // run in the app's folder
		want  []string
		// refused: it does not get as far as systemd.
		refused bool
	}{
		{
			name: "crashes at once", toml: []string{`wsgi = "crash:app"`, "workers = 1"},
			files: map[string]string{"crash.py": "raise RuntimeError('no database configured')\n"},
			want:  []string{"good.service", "exited with status 3", "no database configured"},
		},
		{
			name: "workers that crash again and again", toml: []string{`wsgi = "crash:app"`, `start_timeout = "3s"`},
			files: map[string]string{"crash.py": "raise SystemExit('no database configured')\n"},
			want:  []string{"does not answer within 3s", "no database configured"},
		},
		{
			name: "answers 500", toml: []string{`wsgi = "broken:app"`},
			files: map[string]string{"broken.py": "def app(environ, start_response):\n    raise RuntimeError('the flux is missing')\n"},
			want:  []string{"answers 500", "the flux is missing"},
		},
		{
			name: "hangs", toml: []string{`wsgi = "hang:app"`, `start_timeout = "3s"`},
			files: map[string]string{"hang.py": "import time\ntime.sleep(3600)\n"},
			want:  []string{"does not answer within 3s"},
		},
		{
			name: "listens nowhere", toml: []string{`command = ["sleep", "3600"]`, `start_timeout = "3s"`},
			want: []string{"does not answer within 3s"},
		},
		{
			name: "broken interpreter", toml: []string{`wsgi = "app:app"`, "[python]", `venv = "broken"`},
			sh:   "python3 -m venv --system-site-packages --without-pip broken && rm broken/bin/python* && cp /bin/false broken/bin/python && ln -s python broken/bin/python3",
			want: []string{"good.service", "exited with status 1"},
		},
		{
			name: "interpreter that is gone", toml: []string{`wsgi = "app:app"`, "[python]", `venv = "gone"`},
			sh:      "python3 -m venv --without-pip gone && rm gone/bin/python*",
			want:    []string{"ecounit.toml:4:", "`python`", "/gone"},
			refused: true,
		},
		{
			name: "unknown module", toml: []string{`wsgi = "nowhere:app"`},
			want: []string{"No module named 'nowhere'"},
		},
		{
			// The second dies while gunicorn ends because of the first: it
			// reports that at length, and forgets its own status 3.
			name: "workers that crash one after the other", toml: []string{`wsgi = "crash:app"`, "workers = 2"},
			files: map[string]string{"crash.py": oneAfterTheOther},
			want:  []string{"exited with status 1", "RuntimeError: no database configured", "lines in which gunicorn says that its workers did not start", "ecounit logs good -n 400 shows every line"},
		},
		{
			name: "a worker that dies", toml: []string{`wsgi = "app:app"`, "[process.worker]", `command = ["sh", "-c", "sleep 0.2; echo the queue is gone; exit 7"]`},
			want: []string{"good-worker.service", "exited with status 7", "the queue is gone"},
		},
	}
	dir := alice.hello("good", "first version")
	alice.OK("enable", "good")
	before := alice.snapshot("good")
	h.Contains(alice.answers("good"), "first version")
	for _, s := range spoiled {
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) {
			h := h.in(t)
			alice := alice.in(t)
			for name, text := range s.files {
				alice.Write(dir+"/"+name, text)
				alice.Sh("chmod +x " + dir + "/" + name)
			}
			if s.sh != "" {
				alice.Sh("cd " + dir + " && " + s.sh)
			}
			if !s.refused {
				s.want = append(s.want, "the previous version of good runs again")
			}
			alice.descriptor(dir, `name = "good"`, append([]string{"[web]"}, s.toml...)...)
			alice.Fails(1, []string{"enable", "good"}, s.want...)
			h.Contains(alice.answers("good"), "first version")
			if after := alice.snapshot("good"); after != before {
				t.Errorf("before:\n%s\nafter:\n%s", before, after)
			}
			alice.Sh("! systemctl --user list-units --all --no-legend 'good-*' | grep .")
		})
	}
	t.Run("the_first_enable_leaves_nothing", func(t *testing.T) {
		alice := alice.in(t)
		dir := alice.hello("bad", "x")
		alice.Write(dir+"/app.py", "1/0\n")
		alice.Fails(1, []string{"enable", "./bad"}, "ZeroDivisionError", "journalctl --user-unit bad.service shows every line", "nothing of bad was left behind")
		if left := alice.Sh("find .config .local -name '*bad*'; systemctl --user list-units --all --no-legend '*bad*'"); left != "" {
			t.Errorf("left behind: %s", left)
		}
	})
}
