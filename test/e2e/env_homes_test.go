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
	alice.Write(dir+"/.env", "PASSWORD=1\n")
	alice.Sh("chmod 755 ~ secret")
	const warning = "secret/ecounit.toml:2:14: warning: `env_files`: /home/alice/secret/.env can be read by everyone, and such files hold secrets"
	h.Contains(alice.OK("check", "./secret"), warning, "hint: chmod 600 /home/alice/secret/.env")
	h.Contains(alice.OK("enable", "./secret"), warning, "answers 200")
	h.Contains(alice.OK("enable", "secret"), warning, "nothing to do")
	alice.Sh("chmod 600 secret/.env")
	if said := alice.OK("check", "secret"); strings.Contains(said, "warning") {
		h.t.Errorf("closed: %s", said)
	}
	h.root("groupadd", "lab")
	h.root("usermod", "-aG", "lab", "alice")
	alice.Sh("chgrp lab secret/.env && chmod 640 secret/.env")
	h.Contains(alice.OK("check", "secret"), "can be read by the group lab")
	alice.Sh("chmod 700 ~")
	if said := alice.OK("check", "secret"); strings.Contains(said, "warning") {
		h.t.Errorf("in a closed home: %s", said)
	}
	alice.OK("disable", "secret")
}

func homesMissing(alice *user) {
	dir := alice.hello("lacking", "hello")
	alice.descriptor(dir, `name = "lacking"`, `env_files = [".env", "closed"]`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.Sh("touch lacking/closed && chmod 000 lacking/closed")
	for _, verb := range []string{"check", "enable"} {
		alice.Fails(1, []string{verb, "./lacking"}, "lacking/ecounit.toml:2:14: error: `env_files`: cannot read /home/alice/lacking/.env: it does not exist",
			"hint: make it with lines NAME=value", "lacking/ecounit.toml:2:22: error: `env_files`: cannot read /home/alice/lacking/closed: permission denied", "2 errors")
	}
	if left := alice.Sh("find .config .local -name '*lacking*'"); left != "" {
		alice.host.t.Errorf("left behind: %s", left)
	}
}

func homesDirectoryGone(alice *user) {
	dir := alice.hello("inner", "hello")
	alice.Sh("mkdir inner/src && mv inner/app.py inner/src")
	alice.descriptor(dir, `name = "inner"`, `directory = "src"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.OK("enable", "./inner")
	alice.Sh("mv inner/src inner/source")
	alice.Fails(1, []string{"check", "inner"}, "inner/ecounit.toml:2:13: error: `directory`: cannot use the directory /home/alice/inner/src: it does not exist")
	r := alice.Run("status", "inner")
	alice.host.Contains(r.Stdout+r.Stderr, "/home/alice/inner/src")
	alice.Fails(1, []string{"restart", "inner"}, "inner.service", "200/CHDIR")
	alice.Sh("mv inner/source inner/src")
	alice.OK("restart", "inner")
	alice.OK("disable", "inner")
}

func homesLinked(alice *user) {
	h := alice.host
	h.root("install", "-d", "-o", "alice", "/srv/alice")
	alice.hello("real", "behind a link")
	alice.Sh("mv real /srv/alice/real && ln -s /srv/alice/real linked")
	alice.descriptor("/srv/alice/real", `name = "linked"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.OK("enable", "./linked")
	h.Contains(alice.answers("linked"), "behind a link")
	h.Contains(alice.OK("enable", "./linked"), "nothing to do")
	h.Contains(alice.OK("enable", "/srv/alice/real"), "linked")
	h.Contains(alice.answers("linked"), "behind a link")
	for _, folder := range []string{"/home/alice/linked", "/srv/alice/real"} {
		if r := h.exec(alice.Dir(folder), "ecounit", "status"); r.Code != 0 || strings.Contains(r.Stderr, "warning") {
			h.t.Errorf("in %s: exit %d\n%s%s", folder, r.Code, r.Stdout, r.Stderr)
		}
	}
	alice.OK("disable", "./linked")
}

func homesRenamed(alice *user) {
	h := alice.host
	alice.hello("moving", "hello", "workers = 1")
	alice.OK("enable", "./moving")
	alice.Sh("mv moving moved")
	r := alice.Run("status", "moving")
	h.Contains(r.Stdout+r.Stderr, "warning: ", "/home/alice/moving/ecounit.toml", "it does not exist")
	h.Contains(alice.OK("list"), "moving")
	alice.Fails(1, []string{"check", "moving"}, "cannot read /home/alice/moving/ecounit.toml: it does not exist")
	alice.Fails(1, []string{"enable", "moving"}, "cannot read /home/alice/moving/ecounit.toml: it does not exist")
	alice.Fails(1, []string{"restart", "moving"}, "moving.service", "200/CHDIR")

	h.t.Log("enable where it is now takes it up again")
	alice.OK("enable", "./moved")
	h.Contains(alice.answers("moving"), "hello")
	h.Contains(alice.OK("status", "moving"), "/home/alice/moved/ecounit.toml")
	alice.Sh("mv moved gone")
	alice.OK("disable", "moving")
	if left := alice.Sh("find .config .local -name '*moving*'"); left != "" {
		h.t.Errorf("left behind: %s", left)
	}
}

func homesVenvDeleted(alice *user) {
	h := alice.host
	alice.hello("venved", "hello")
	alice.Sh("python3 -m venv --system-site-packages --without-pip venved/.venv")
	alice.descriptor("/home/alice/venved", `name = "venved"`, "[python]", `venv = ".venv"`, "[web]", `wsgi = "app:app"`, "workers = 1")
	alice.OK("enable", "./venved")
	alice.Sh("rm -r venved/.venv")
	alice.Fails(1, []string{"check", "venved"}, "venved/ecounit.toml:2:", "`python`: there is no virtual environment /home/alice/venved/.venv", "python3 -m venv /home/alice/venved/.venv")
	r := alice.Run("status", "venved")
	h.Contains(r.Stdout+r.Stderr, "warning: ", "/home/alice/venved/.venv")
	alice.Sh("kill -9 $(systemctl --user show -p MainPID --value venved.service)")
	for begin := time.Now(); alice.Run("status", "venved").Code == 0; time.Sleep(50 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			h.t.Fatal("it is still active")
		}
	}
	r = alice.Run("status", "venved")
	h.Contains(r.Stdout+r.Stderr, "/home/alice/venved/.venv")
	alice.Fails(1, []string{"restart", "venved"}, "venved.service", "203/EXEC")
	alice.OK("disable", "venved")
}

func homesDescriptorDeleted(alice *user) {
	alice.hello("bare", "hello", "workers = 1")
	alice.OK("enable", "./bare")
	alice.Sh("mv bare/ecounit.toml bare/kept.toml")
	r := alice.Run("status", "bare")
	alice.host.Contains(r.Stdout+r.Stderr, "cannot read /home/alice/bare/ecounit.toml: it does not exist")
	alice.OK("restart", "bare")
	alice.host.Contains(alice.answers2("bare", alice.Sh("grep ListenStream .config/systemd/user/bare.socket")), "hello")
	alice.OK("disable", "bare")
}
