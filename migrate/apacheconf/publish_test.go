package apacheconf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"ecounit/descriptor"
	"ecounit/migrate"
	"ecounit/migrate/migratetest"
)

// apps are those that the configurations of testdata are for.
func apps() []*migrate.App {
	command := func(words ...string) *descriptor.Web { return &descriptor.Web{Command: words} }
	return []*migrate.App{
		{Descriptor: &descriptor.Descriptor{Name: "flasktasks", Web: &descriptor.Web{WSGI: "wsgi:application", Path: "/flasktasks"}}, Port: 8000},
		{Descriptor: &descriptor.Descriptor{Name: "chat", Web: &descriptor.Web{ASGI: "main:app", Path: "/alice_chat"}}, Port: 8300},
		{Descriptor: &descriptor.Descriptor{Name: "board", Web: command("streamlit", "run", "board.py", "--server.port", "${PORT}")}, Port: 8501},
		{Descriptor: &descriptor.Descriptor{Name: "two", Web: command("node", "two.js")}, Port: 9200},
		{Descriptor: &descriptor.Descriptor{Name: "matched", Web: command("node", "matched.js")}, Port: 9202},
		{Descriptor: &descriptor.Descriptor{Name: "sock", Web: &descriptor.Web{WSGI: "app:app"}}, Socket: "/home/alice/run/sock.sock"},
		{Descriptor: &descriptor.Descriptor{Name: "status", Process: map[string]descriptor.Process{"status": {Command: descriptor.Command{"/home/alice/bin/status", "--port", "9100"}}}}},
	}
}

// TestPublish: what becomes of the configuration in testdata/NAME is beside it.
func TestPublish(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.conf")
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all := apps()
			report := Publish(filepath.Base(file), string(text), all)
			var b strings.Builder
			for _, e := range report.Entries() {
				b.WriteString(e.Text(nil))
			}
			migratetest.Golden(t, filepath.Dir(file), b.String(), all)
			everyLine(t, string(text))
		})
	}
}

// everyLine: nothing is dropped silently.
func everyLine(t testing.TB, text string) {
	t.Helper()
	said := map[int]bool{}
	for _, e := range Publish("x", text, apps()).Entries() {
		said[e.Line] = true
	}
	number, isContinued := 0, false
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		start := strings.TrimSpace(line)
		// A comment or an empty line that goes on takes the next ones with it.
		if start != "" && start != `\` && start[0] != '#' && !isContinued && !said[number] {
			t.Errorf("%d: not in the report: %q", number, line)
		}
		isContinued = strings.HasSuffix(line, `\`)
	}
}

func FuzzPublish(f *testing.F) {
	for _, file := range []string{"testdata/ssl/ssl.conf", "testdata/odd/rewrite.conf"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		all := apps()
		Publish("x", text, all)
		for _, app := range all {
			migratetest.Checked(t, app)
		}
		everyLine(t, text)
	})
}
