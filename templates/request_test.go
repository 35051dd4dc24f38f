package templates

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const include = "# made by ecounit\n<Location \"/alice_tasks\">\n  RequestHeader set X \"expr=%{REMOTE_ADDR}\" # $HOME `id` \\\n</Location>\n"

func request() RequestData {
	return RequestData{
		User: "alice", App: "tasks", URLPath: "/alice_tasks",
		IncludePath: "/home/alice/.local/state/ecounit/tasks/alice_tasks.conf", Include: include,
		InstallDir: "/etc/httpd/ecounit.d", Test: "apachectl configtest", Reload: "systemctl reload httpd",
	}
}

// runCommand runs the command of a request as a shell does, with sudo and the
// two commands of Apache put in place.
func runCommand(t *testing.T, data RequestData, test string) (file, reloaded string, err error) {
	t.Helper()
	tools := t.TempDir()
	reloaded = filepath.Join(tools, "reloaded")
	for name, script := range map[string]string{
		"sudo": "exec \"$@\"", "apachectl": "exec " + test, "systemctl": "echo \"$@\" >" + reloaded,
	} {
		if err := os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	text, err := Request(data)
	if err != nil {
		t.Fatal(err)
	}
	start := strings.Index(string(text), "\nsudo tee")
	end := strings.Index(string(text), "\nECOUNIT\n") + len("\nECOUNIT\n")
	shell := exec.Command("sh", "-c", string(text[start:end]))
	shell.Env = []string{"PATH=" + tools + ":/usr/bin:/bin"}
	return data.File(), reloaded, shell.Run()
}

func TestRequestCommandInstallsWhatIsShown(t *testing.T) {
	data := request()
	data.InstallDir = filepath.Join(t.TempDir(), "ecounit's d")
	if err := os.Mkdir(data.InstallDir, 0o700); err != nil {
		t.Fatal(err)
	}
	file, reloaded, err := runCommand(t, data, "true")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != include {
		t.Errorf("installed %q, %v; want %q", got, err, include)
	}
	if got, err := os.ReadFile(reloaded); err != nil || string(got) != "reload httpd\n" {
		t.Errorf("reload: %q, %v", got, err)
	}
}

func TestRequestCommandTakesBackWhatFailsTheTest(t *testing.T) {
	data := request()
	data.InstallDir = t.TempDir()
	file, reloaded, err := runCommand(t, data, "false")
	if err == nil {
		t.Error("the command succeeded")
	}
	for _, path := range []string{file, reloaded} {
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s is there", path)
		}
	}
}

func TestRequestSaysWhatMatters(t *testing.T) {
	text, err := Request(request())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"alice", "tasks", "/alice_tasks/", "/etc/httpd/ecounit.d/alice_tasks.conf", include,
		"apachectl configtest", "systemctl reload httpd", "/home/alice/.local/state/ecounit/tasks/alice_tasks.conf",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}

func TestRequestSaysWhatTheServerNeedsFirst(t *testing.T) {
	data := request()
	before, err := Request(data)
	if err != nil {
		t.Fatal(err)
	}
	data.Once = []string{"a2enmod proxy", "a2enconf ecounit"}
	text, err := Request(data)
	if err != nil {
		t.Fatal(err)
	}
	once := "If it is the first app of this server, these come before, once:\n\nsudo a2enmod proxy\nsudo a2enconf ecounit\n\n"
	if want := strings.Replace(string(before), "sudo tee", once+"sudo tee", 1); string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

func TestRequestRefusesHostileFields(t *testing.T) {
	for name, change := range map[string]func(*RequestData){
		"end of the include":      func(d *RequestData) { d.Include += "ECOUNIT\nrm -rf /\n" },
		"line break in a path":    func(d *RequestData) { d.IncludePath = "/home/a\nsudo rm -rf /" },
		"escape in the include":   func(d *RequestData) { d.Include += "# \x1b[2K\n" },
		"carriage return":         func(d *RequestData) { d.Include += "# \r\n" },
		"line break in a command": func(d *RequestData) { d.Once = []string{"true\nrm -rf /"} },
		"no user":                 func(d *RequestData) { d.User = "" },
	} {
		data := request()
		change(&data)
		if text, err := Request(data); err == nil {
			t.Errorf("%s: no error, but\n%s", name, text)
		}
	}
}
