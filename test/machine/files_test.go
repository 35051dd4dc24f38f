//go:build machine

package machine

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func testFiles(t *testing.T, m *Machine) {
	ctx := t.Context()
	must(t, m.WriteFile(ctx, "/home/bob/kept", []byte("this"), "bob", 0o600))
	must(t, m.WriteFile(ctx, "/home/bob/a/b/new file", []byte("that\n"), "bob", 0o755))
	got := output(t, m.As("root"), "stat", "-c", "%U %G %a %n", "/home/bob/kept", "/home/bob/a", "/home/bob/a/b", "/home/bob/a/b/new file")
	want := "bob bob 600 /home/bob/kept\nbob bob 755 /home/bob/a\nbob bob 755 /home/bob/a/b\nbob bob 755 /home/bob/a/b/new file"
	if got != want {
		t.Errorf("stat:\n%s\nwant:\n%s", got, want)
	}
	// Through a link and onto a file system that only exists inside.
	must(t, m.WriteFile(ctx, "/var/run/there", nil, "root", 0o644))
	output(t, m.As("bob"), "test", "-f", "/run/there")
	// Where the owner may not make the directory.
	must(t, m.WriteFile(ctx, "/srv/app/x", []byte("x"), "bob", 0o640))

	big := make([]byte, 5<<20)
	rand.Read(big)
	file := filepath.Join(t.TempDir(), "big")
	must(t, os.WriteFile(file, big, 0o600))
	must(t, m.CopyIn(ctx, file, "/usr/local/bin/big", "root", 0o755))
	back, err := m.ReadFile(ctx, "/usr/local/bin/big")
	must(t, err)
	if !bytes.Equal(back, big) {
		t.Error("a file comes back changed")
	}
	if _, err := m.ReadFile(ctx, "/no/such/file"); err == nil || !strings.Contains(err.Error(), "/no/such/file") {
		t.Errorf("error = %v, want the file's name", err)
	}
}

func testCopyDir(t *testing.T, m *Machine) {
	ctx := t.Context()
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "sub"), 0o750))
	must(t, os.WriteFile(filepath.Join(dir, "sub/run"), []byte("#!/bin/sh\necho ran\n"), 0o700))
	must(t, os.Symlink("sub/run", filepath.Join(dir, "link")))
	must(t, m.CopyDir(ctx, dir, "/home/bob/code/app", "bob"))
	if got := output(t, m.As("bob").Dir("/home/bob/code/app"), "./link"); got != "ran" {
		t.Errorf("the copied program says %q", got)
	}
	got := output(t, m.As("root").Dir("/home/bob/code"), "stat", "-c", "%U %a %F %n", ".", "app", "app/sub", "app/sub/run", "app/link")
	want := strings.Join([]string{
		"bob 755 directory .", "bob 755 directory app", "bob 750 directory app/sub",
		"bob 700 regular file app/sub/run", "bob 777 symbolic link app/link",
	}, "\n")
	if got != want {
		t.Errorf("stat:\n%s\nwant:\n%s", got, want)
	}
	if err := m.CopyDir(ctx, "/no/such/dir", "/home/bob/none", "bob"); err == nil || !strings.Contains(err.Error(), "/no/such/dir") {
		t.Errorf("error = %v, want the directory's name", err)
	}
}

func TestBindAndLayers(t *testing.T) {
	shared, layer := t.TempDir(), t.TempDir()
	must(t, os.WriteFile(filepath.Join(shared, "file"), []byte("bound"), 0o644))
	must(t, os.Mkdir(filepath.Join(layer, "opt"), 0o755))
	must(t, os.WriteFile(filepath.Join(layer, "opt/file"), []byte("layered"), 0o644))
	m := NewWith(t, Options{
		Suite: Bookworm, Name: "bind-and-layers",
		BindRO: map[string]string{shared: "/mnt/with:colon"}, Layers: []string{layer},
	})
	got := output(t, m.As("root"), "sh", "-c", "cat '/mnt/with:colon/file' /opt/file; echo changed > /opt/file; touch '/mnt/with:colon/x' || echo read-only")
	if got != "boundlayeredread-only" {
		t.Errorf("got %q", got)
	}
	if text, err := os.ReadFile(filepath.Join(layer, "opt/file")); err != nil || string(text) != "layered" {
		t.Errorf("the layer holds %q, %v", text, err)
	}
	if _, err := Boot(t.Context(), Options{Suite: Bookworm, Name: "bind-and-layers"}); err == nil || !strings.Contains(err.Error(), "is running") {
		t.Errorf("a second machine of that name: %v", err)
	}
	output(t, m.As("root"), "true") // the failed second boot left the first alone
}
