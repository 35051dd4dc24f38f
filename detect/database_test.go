package detect

import (
	"os"
	"strings"
	"testing"

	"ecounit/plan"
)

func TestServerSettingsAreThoseThatTheAppWillSee(t *testing.T) {
	m := fake(t, map[string]string{
		"/srv/app/src/a.env": "PGHOST=first\nPGUSER=file\n", "/srv/app/src/b.env": "PGHOST=last\n", "/srv/app/src/.url": "postgresql://x:y@db/\n\n",
	})
	m.User.UID = os.Getuid()
	env := map[string]string{"PGHOST": "descriptor", "PGPORT": "1"}
	got := m.ServerSettings(plan.Needs{Directory: "src", EnvFiles: []string{"a.env", "b.env", "gone"}, URLFile: ".url"}, env, "/srv/app")
	for name, want := range map[string]string{"PGHOST": "last", "PGUSER": "file", "PGPORT": "1"} {
		if got.Environment[name] != want {
			t.Errorf("%s is %q, want %q", name, got.Environment[name], want)
		}
	}
	if env["PGHOST"] != "descriptor" {
		t.Error("the descriptor was changed")
	}
	if got.URL != "postgresql://x:y@db/" || got.URLFile.Path != "/srv/app/src/.url" || got.URLFile.Problem != "" {
		t.Errorf("got %+v", got)
	}
}

func TestNothingOfAURLIsInAProblem(t *testing.T) {
	m := fake(t, map[string]string{
		"/srv/two": "postgresql://x:sesame@a/\npostgresql://x:sesame@b/\n", "/srv/empty": "\n", "/srv/dir/": "", "/srv/long": strings.Repeat("sesame", maxURLFile),
	})
	m.User.UID = os.Getuid()
	for path, want := range map[string]string{
		"/srv/two":   "/srv/two has more than the one line of a URL",
		"/srv/long":  "/srv/long has more than the one line of a URL",
		"/srv/empty": "/srv/empty is empty",
		"/srv/dir":   "cannot read /srv/dir: it is a directory",
		"/srv/gone":  "cannot read /srv/gone: it does not exist",
	} {
		if got := m.ServerSettings(plan.Needs{URLFile: path}, nil, "/srv").URLFile; got.Problem != want {
			t.Errorf("got %q, want %q", got.Problem, want)
		}
	}
}
