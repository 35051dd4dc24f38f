//go:build machine

package e2e

import (
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// TestWhatBecomesOfAnAppsFiles: files that are missing, that others can read,
// or that go away under an app that is enabled.
func TestWhatBecomesOfAnAppsFiles(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	for _, step := range []struct {
		name string
		test func(*user)
	}{
		{"secrets that others can read", homesExposed},
		{"files that are missing", homesMissing},
		{"a directory that is gone", homesDirectoryGone},
		{"a folder behind a link", homesLinked},
		{"a folder that was renamed", homesRenamed},
		{"a venv that was deleted", homesVenvDeleted},
		{"a descriptor that was deleted", homesDescriptorDeleted},
	} {
		t.Run(strings.ReplaceAll(step.name, " ", "_"), func(t *testing.T) { step.test(alice.in(t)) })
	}
}

func homesExposed(alice *user) {
	h := alice.host
	dir := alice.hello("secret", "hello")
	alice.descriptor(dir, `name = "secret"`, `env_files = [".env"]`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.write(dir+"/.env", "PASSWORD=1\n")
	alice.sh("chmod 755 ~ secret")
	const warning = "secret/ecounit.toml:2:14: warning: `env_files`: /home/alice/secret/.env can be read by everyone, and such files hold secrets"
	h.contains(alice.ok("check", "./secret"), warning, "hint: chmod 600 /home/alice/secret/.env")
	h.contains(alice.ok("enable", "./secret"), warning, "answers 200")
	h.contains(alice.ok("enable", "secret"), warning, "nothing to do")
	alice.sh("chmod 600 secret/.env")
	if said := alice.ok("check", "secret"); strings.Contains(said, "warning") {
		h.t.Errorf("closed: %s", said)
	}
	h.root("groupadd", "lab")
	h.root("usermod", "-aG", "lab", "alice")
	alice.sh("chgrp lab secret/.env && chmod 640 secret/.env")
	h.contains(alice.ok("check", "secret"), "can be read by the group lab")
	alice.sh("chmod 700 ~")
	if said := alice.ok("check", "secret"); strings.Contains(said, "warning") {
		h.t.Errorf("in a closed home: %s", said)
	}
	alice.ok("disable", "secret")
}

func homesMissing(alice *user) {
	dir := alice.hello("lacking", "hello")
	alice.descriptor(dir, `name = "lacking"`, `env_files = [".env", "closed"]`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.sh("touch lacking/closed && chmod 000 lacking/closed")
	for _, verb := range []string{"check", "enable"} {
		alice.fails(1, []string{verb, "./lacking"}, "lacking/ecounit.toml:2:14: error: `env_files`: cannot read /home/alice/lacking/.env: it does not exist",
			"hint: make it with lines NAME=value", "lacking/ecounit.toml:2:22: error: `env_files`: cannot read /home/alice/lacking/closed: permission denied", "2 errors")
	}
	if left := alice.sh("find .config .local -name '*lacking*'"); left != "" {
		alice.host.t.Errorf("left behind: %s", left)
	}
}

func homesDirectoryGone(alice *user) {
	dir := alice.hello("inner", "hello")
	alice.sh("mkdir inner/src && mv inner/app.py inner/src")
	alice.descriptor(dir, `name = "inner"`, `directory = "src"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.ok("enable", "./inner")
	alice.sh("mv inner/src inner/source")
	alice.fails(1, []string{"check", "inner"}, "inner/ecounit.toml:2:13: error: `directory`: cannot use the directory /home/alice/inner/src: it does not exist")
	r := alice.run("status", "inner")
	alice.host.contains(r.Stdout+r.Stderr, "/home/alice/inner/src")
	alice.fails(1, []string{"restart", "inner"}, "inner.service", "200/CHDIR")
	alice.sh("mv inner/source inner/src")
	alice.ok("restart", "inner")
	alice.ok("disable", "inner")
}

func homesLinked(alice *user) {
	h := alice.host
	h.root("install", "-d", "-o", "alice", "/srv/alice")
	alice.hello("real", "behind a link")
	alice.sh("mv real /srv/alice/real && ln -s /srv/alice/real linked")
	alice.descriptor("/srv/alice/real", `name = "linked"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.ok("enable", "./linked")
	h.contains(alice.answers("linked"), "behind a link")
	h.contains(alice.ok("enable", "./linked"), "nothing to do")
	h.contains(alice.ok("enable", "/srv/alice/real"), "linked")
	h.contains(alice.answers("linked"), "behind a link")
	for _, folder := range []string{"/home/alice/linked", "/srv/alice/real"} {
		if r := h.exec(alice.Dir(folder), "ecounit", "status"); r.Code != 0 || strings.Contains(r.Stderr, "warning") {
			h.t.Errorf("in %s: exit %d\n%s%s", folder, r.Code, r.Stdout, r.Stderr)
		}
	}
	alice.ok("disable", "./linked")
}

func homesRenamed(alice *user) {
	h := alice.host
	alice.hello("moving", "hello", "workers = 1")
	alice.ok("enable", "./moving")
	alice.sh("mv moving moved")
	r := alice.run("status", "moving")
	h.contains(r.Stdout+r.Stderr, "warning: ", "/home/alice/moving/ecounit.toml", "it does not exist")
	h.contains(alice.ok("list"), "moving")
	alice.fails(1, []string{"check", "moving"}, "cannot read /home/alice/moving/ecounit.toml: it does not exist")
	alice.fails(1, []string{"enable", "moving"}, "cannot read /home/alice/moving/ecounit.toml: it does not exist")
	alice.fails(1, []string{"restart", "moving"}, "moving.service", "200/CHDIR")

	h.t.Log("enable where it is now takes it up again")
	alice.ok("enable", "./moved")
	h.contains(alice.answers("moving"), "hello")
	h.contains(alice.ok("status", "moving"), "/home/alice/moved/ecounit.toml")
	alice.sh("mv moved gone")
	alice.ok("disable", "moving")
	if left := alice.sh("find .config .local -name '*moving*'"); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}

func homesVenvDeleted(alice *user) {
	h := alice.host
	alice.hello("venved", "hello")
	alice.sh("python3 -m venv --system-site-packages --without-pip venved/.venv")
	alice.descriptor("/home/alice/venved", `name = "venved"`, "[python]", `venv = ".venv"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.ok("enable", "./venved")
	alice.sh("rm -r venved/.venv")
	alice.fails(1, []string{"check", "venved"}, "venved/ecounit.toml:2:", "`python`: there is no virtual environment /home/alice/venved/.venv", "python3 -m venv /home/alice/venved/.venv")
	r := alice.run("status", "venved")
	h.contains(r.Stdout+r.Stderr, "warning: ", "/home/alice/venved/.venv")
	alice.sh("kill -9 $(systemctl --user show -p MainPID --value venved.service)")
	for begin := time.Now(); alice.run("status", "venved").Code == 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			h.t.Fatal("it is still active")
		}
	}
	r = alice.run("status", "venved")
	h.contains(r.Stdout+r.Stderr, "/home/alice/venved/.venv")
	alice.fails(1, []string{"restart", "venved"}, "venved.service", "203/EXEC")
	alice.ok("disable", "venved")
}

func homesDescriptorDeleted(alice *user) {
	alice.hello("bare", "hello", "workers = 1")
	alice.ok("enable", "./bare")
	alice.sh("mv bare/ecounit.toml bare/kept.toml")
	r := alice.run("status", "bare")
	alice.host.contains(r.Stdout+r.Stderr, "cannot read /home/alice/bare/ecounit.toml: it does not exist")
	alice.ok("restart", "bare")
	alice.host.contains(alice.answers2("bare", alice.sh("grep ListenStream .config/systemd/user/bare.socket")), "hello")
	alice.ok("disable", "bare")
}
