package registry

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ecounit/host"
)

const hash = "$2y$10$abcdefghijklmnopqrstuvABCDEFGHIJKLMNOPQRSTUV0123456./"

func (b *bench) passwordFiles() []string {
	b.Helper()
	entries, err := os.ReadDir(b.store.Passwords())
	b.must(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (b *bench) passwordText(id string) string {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(b.store.Passwords(), id))
	b.must(err)
	return string(text)
}

func TestPasswords(t *testing.T) {
	b := newBench(t)
	_, err := b.SetPassword(alice, "tasks", "carol", hash)
	b.refused(err, host.NoSite, "no site")
	b.claim(alice, tasks(func(r *host.Request) { r.Auth = "basic" }))
	if got := b.passwordText("alice_tasks"); got != "" {
		t.Errorf("a new site lets in %q", got)
	}
	for _, c := range []struct {
		name, hash string
		changed    bool
		want       string
	}{
		{"dave", hash, true, "dave:" + hash + "\n"},
		{"dave", hash, false, "dave:" + hash + "\n"},
		{"carol@x.example", hash, true, "carol@x.example:" + hash + "\ndave:" + hash + "\n"},
		{"dav", "", false, "carol@x.example:" + hash + "\ndave:" + hash + "\n"},
		{"dave", "", true, "carol@x.example:" + hash + "\n"},
	} {
		changed, err := b.SetPassword(alice, "tasks", c.name, c.hash)
		if err != nil || changed != c.changed || b.passwordText("alice_tasks") != c.want {
			t.Errorf("%s: changed %t, error %v, file %q", c.name, changed, err, b.passwordText("alice_tasks"))
		}
	}
	names, err := b.PasswordNames(alice, "tasks")
	if err != nil || strings.Join(names, " ") != "carol@x.example" {
		t.Errorf("names %v, error %v", names, err)
	}
	_, err = b.PasswordNames(bob, "tasks")
	b.refused(err, host.NoSite, "no site")

	info, err := os.Stat(filepath.Join(b.store.Passwords(), "alice_tasks"))
	b.must(err)
	dir, err := os.Stat(b.store.Passwords())
	b.must(err)
	if group := func(i os.FileInfo) uint32 { return i.Sys().(*syscall.Stat_t).Gid }; info.Mode().Perm() != 0o640 || group(info) != group(dir) {
		t.Errorf("the file is %v of group %d", info.Mode(), group(info))
	}
}

func TestPasswordsAreRefused(t *testing.T) {
	b := newBench(t)
	b.claim(alice, tasks(nil))
	for _, c := range [][2]string{
		{"", hash},
		{"a:b", hash},
		{"a\nb", hash},
		{"#a b", hash},
		{strings.Repeat("a", 65), hash},
		{"é", hash},
		{"a", "secret"},
		{"a", hash + "\nevil:" + hash},
		{"a", hash[:len(hash)-1]},
		{"a", hash + "x"},
		{"a", strings.Replace(hash, "$10$", "$17$", 1)},
		{"a", strings.Replace(hash, "$2y$", "$apr1$", 1)},
	} {
		_, err := b.SetPassword(alice, "tasks", c[0], c[1])
		b.refused(err, host.Invalid, "")
	}
	var lines strings.Builder
	for i := range maxNames {
		fmt.Fprintf(&lines, "user%d:%s\n", i, hash)
	}
	b.must(os.WriteFile(filepath.Join(b.store.Passwords(), "alice_tasks"), []byte(lines.String()), 0o640))
	_, err := b.SetPassword(alice, "tasks", "more", hash)
	b.refused(err, host.TooMany, "1000")
	_, err = b.SetPassword(alice, "tasks", "user7", "")
	b.must(err)
}

func TestPasswordsGoWithTheSite(t *testing.T) {
	b := newBench(t)
	basic := tasks(func(r *host.Request) { r.Auth = "basic" })
	for name, end := range map[string]func() error{
		"released": func() error { _, _, err := b.Withdraw(alice, "tasks", true); return err },
		"evicted":  func() error { _, _, err := b.Evict("alice_tasks"); return err },
		"departed": func() error { _, _, err := b.Departed(t.Context(), directory{}); return err },
	} {
		b.claim(alice, basic)
		_, err := b.SetPassword(alice, "tasks", "carol", hash)
		b.must(err)
		_, _, err = b.Withdraw(alice, "tasks", false)
		b.must(err)
		if len(b.passwordFiles()) != 1 {
			t.Error("withdrawn and not released: the passwords are gone")
		}
		b.must(end())
		if left := b.passwordFiles(); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
	}
	// A crash may have left a file, and a record that cannot be read keeps its own.
	b.claim(alice, basic)
	b.must(os.Truncate(b.store.SiteFile("alice_tasks"), 3))
	b.must(os.WriteFile(filepath.Join(b.store.Passwords(), "alice_gone"), []byte("x:"+hash+"\n"), 0o640))
	b.reopen(b.system)
	if left := b.passwordFiles(); len(left) != 1 || left[0] != "alice_tasks" {
		t.Errorf("left %v", left)
	}
}

func TestFolderOfPasswords(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(dir string) error
		words string
	}{
		"missing":         {os.RemoveAll, "is missing"},
		"not setgid":      {func(dir string) error { return os.Chmod(dir, 0o750) }, "does not give its group"},
		"writable by all": {func(dir string) error { return os.Chmod(dir, 0o777|os.ModeSetgid) }, "others than its owner can write"},
		"a link":          {func(dir string) error { return errors.Join(os.Remove(dir), os.Symlink("/tmp", dir)) }, "it is not a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.claim(alice, request("other", "/alice_other"))
			b.must(c.spoil(b.store.Passwords()))
			b.reopen(b.system)
			_, _, err := b.Claim(t.Context(), alice, tasks(func(r *host.Request) { r.Auth = "basic" }), b.terms)
			b.refused(err, host.BadSetup, c.words)
			if b.ids() != "alice_other" {
				t.Errorf("records: %s", b.ids())
			}
			b.claim(alice, tasks(nil)) // without basic authentication nobody minds
		})
	}
}
