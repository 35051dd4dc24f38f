package crontab

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"ecounit/cron"
	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/migratetest"
)

const home = "/home/alice"

// names is what can be seen of the home directory.
func names(folder string) []string {
	return map[string][]string{
		home + "/miniconda3/envs/api":     {"bin", "conda-meta"},
		home + "/miniconda3/envs/api/bin": {"gunicorn", "python"},
		home + "/chat/venv":               {"bin", "pyvenv.cfg"},
	}[folder]
}

// input has one app already: the one that the guide's supervisord runs.
func input(text string, d cron.Dialect) Input {
	tasks := &migrate.App{Descriptor: &descriptor.Descriptor{Name: "flasktasks", Web: &descriptor.Web{WSGI: "wsgi:application"}}, Directory: home + "/flask-tasks"}
	return Input{File: "crontab", Text: text, Dialect: d, Home: home, Names: names, Apps: []*migrate.App{tasks}}
}

// TestImports: what becomes of testdata/NAME/crontab is beside it, each app in
// APP.toml, and the report in import.report.
func TestImports(t *testing.T) {
	for name, d := range map[string]cron.Dialect{"guide": cron.Debian, "jobs": cron.Debian, "boot": cron.Debian, "redhat": cron.RedHat, "mail": cron.Debian, "no-mail": cron.Debian, "detached": cron.Debian} {
		t.Run(name, func(t *testing.T) {
			in := input(read(t, name), d)
			in.NoMail = name == "no-mail"
			result := Import(in)
			var b strings.Builder
			for _, e := range result.Report.Entries() {
				b.WriteString(e.Text(nil))
			}
			for _, s := range result.Supervisors {
				fmt.Fprintf(&b, "supervisord with %s in %s\n", s.Config, s.Directory)
			}
			apps := result.Apps
			for _, app := range in.Apps {
				if len(app.Descriptor.Job) > 0 {
					apps = append(apps, app)
				}
			}
			for _, app := range apps {
				fmt.Fprintf(&b, "wrote %s\n", app.File)
				checkJobs(t, app)
			}
			migratetest.Golden(t, "testdata/"+name, b.String(), apps)
			everyLine(t, in, result)
		})
	}
}

func read(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + "/crontab")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// checkJobs reads the jobs back, and their times as strictly as a descriptor
// does.
func checkJobs(t testing.TB, app *migrate.App) {
	t.Helper()
	text, err := app.Text()
	if err != nil {
		t.Fatal(err)
	}
	back, _ := descriptor.Parse(app.File, text)
	if diff := cmp.Diff(app.Descriptor.Job, back.Job, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s\n%s", diff, text)
	}
	for name, job := range back.Job {
		if !job.Schedule.IsCron() {
			t.Errorf("%s: %q is not cron's", name, job.Schedule)
		}
	}
}

// everyLine: nothing is dropped silently.
func everyLine(t testing.TB, in Input, result Result) {
	t.Helper()
	said := map[int]bool{}
	for _, e := range result.Report.Entries() {
		said[e.Line] = true
		if e.Message == "" {
			t.Errorf("%+v", e)
		}
	}
	number := 0
	for line := range strings.Lines(in.Text) {
		number++
		start := strings.Trim(strings.TrimSuffix(line, "\n"), " \t")
		if start != "" && start[0] != '#' && !said[number] {
			t.Errorf("%d: not in the report: %q", number, line)
		}
	}
}

func FuzzImport(f *testing.F) {
	for _, name := range []string{"guide", "jobs", "boot", "redhat", "mail"} {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []cron.Dialect{cron.Debian, cron.RedHat} {
			in := input(text, d)
			result := Import(in)
			everyLine(t, in, result)
			for _, app := range slices.Concat(in.Apps, result.Apps) {
				if _, err := app.Text(); err == nil { // not what TOML cannot hold
					migratetest.Checked(t, app)
					checkJobs(t, app)
				}
			}
		}
	})
}
