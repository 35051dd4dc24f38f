package cutover

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestConfiguration(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"env/etc/supervisord.conf", "home/supervisord.conf", "bare/etc/supervisord.conf"} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		argv  []string
		in    string
		file  string
		other bool
	}{
		{name: "-c", argv: []string{"/usr/bin/python3", "/usr/bin/supervisord", "-c", "/etc/s.conf"}, file: "/etc/s.conf"},
		{name: "-c below the folder", argv: []string{"python", "/x/bin/supervisord", "-n", "-c", "s.conf"}, in: "/home/a", file: "/home/a/s.conf"},
		{name: "joined", argv: []string{"/x/bin/supervisord", "-cs.conf"}, in: "/home/a", file: "/home/a/s.conf"},
		{name: "--configuration=", argv: []string{"/x/bin/python3.11", "-m", "supervisor.supervisord", "--configuration=/s.conf"}, file: "/s.conf"},
		{name: "--configuration", argv: []string{"/x/bin/supervisord", "--configuration", "/a/../s.conf"}, file: "/s.conf"},
		{name: "beside the program", argv: []string{"/usr/bin/python3", folder + "/env/bin/supervisord"}, in: folder + "/home", file: folder + "/env/etc/supervisord.conf"},
		{name: "in the folder", argv: []string{"python3", "supervisord"}, in: folder + "/home", file: folder + "/home/supervisord.conf"},
		{name: "in etc of the folder", argv: []string{"supervisord", "-n"}, in: folder + "/bare", file: folder + "/bare/etc/supervisord.conf"},
		{name: "an editor", argv: []string{"vi", "/home/a/supervisord"}, other: true},
		{name: "a client", argv: []string{"/usr/bin/python3", "/usr/bin/supervisorctl", "-c", "supervisord"}, other: true},
		{name: "a search", argv: []string{"grep", "-r", "supervisord"}, other: true},
		{name: "a shell", argv: []string{"sh", "-c", "supervisord -c /s.conf"}, other: true},
		{name: "another script", argv: []string{"python3", "tool.py", "-x", "supervisord"}, other: true},
	} {
		file, is := Process{Argv: test.argv, Directory: test.in}.configuration()
		if is == test.other || file != test.file {
			t.Errorf("%s: %q %t, want %q", test.name, file, is, test.file)
		}
	}
}

func TestLaunchableNamesTheFileAsAWhole(t *testing.T) {
	p := Process{Argv: []string{"python3", "supervisord", "-n", "-c", "s.conf"}, Directory: "/tmp"}
	got := p.Launchable("/home/a/s.conf", "/home/a")
	if !slices.Equal(got.Argv, []string{"python3", "supervisord", "-n", "-c", "/home/a/s.conf"}) || got.Directory != "/home/a" {
		t.Errorf("%q in %s", got.Argv, got.Directory)
	}
	if p.Argv[4] != "s.conf" {
		t.Error("the process itself was changed")
	}
}

func TestServerAt(t *testing.T) {
	for _, test := range []struct{ socket, port, network, address string }{
		{"/run/s.sock", "", "unix", "/run/s.sock"},
		{"s.sock", "", "unix", "/home/a/s.sock"},
		{"", "9001", "tcp", "127.0.0.1:9001"},
		{"", ":9001", "tcp", "127.0.0.1:9001"},
		{"", "*:9001", "tcp", "127.0.0.1:9001"},
		{"", "localhost:9001", "tcp", "localhost:9001"},
		{"", "[::1]:9001", "tcp", "[::1]:9001"},
	} {
		s := ServerAt(test.socket, test.port, "/home/a", "u", "p")
		if s.Network != test.network || s.Address != test.address || s.Username != "u" || s.Password != "p" {
			t.Errorf("%q %q: %v", test.socket, test.port, s)
		}
	}
}
