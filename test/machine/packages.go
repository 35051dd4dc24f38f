package machine

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

//go:embed packages.sh
var packagesScript string

// Packages returns a layer for [Options.Layers] that holds further Debian
// packages for the root of the suite, and makes it first when there is none. It
// leaves the root alone, which other tests share. A layer is kept beside the
// root, and goes with it.
func Packages(ctx context.Context, suite Suite, packages ...string) (layer string, err error) {
	root, held, err := holdRoot(ctx, suite)
	if err != nil {
		return "", err
	}
	defer held.Close()
	packages = slices.Compact(slices.Sorted(slices.Values(packages)))
	sum := sha256.Sum256([]byte(strings.Join(packages, "\x00") + "\x00" + packagesScript))
	prefix := "packages-" + filepath.Base(root) + "-"
	layer = filepath.Join(cacheDir(), prefix+hex.EncodeToString(sum[:6]))
	lock, err := lockFile(ctx, filepath.Join(cacheDir(), "packages-"+string(suite)+".lock"))
	if err != nil {
		return "", fmt.Errorf("cannot lock the packages of %s: %w", suite, err)
	}
	defer lock.Close()
	if isDir(layer) {
		return layer, nil
	}
	if err := buildPackages(ctx, root, layer, packages, lock); err != nil {
		return "", fmt.Errorf("cannot add packages to %s: %w", suite, err)
	}
	old, _ := filepath.Glob(filepath.Join(cacheDir(), "packages-"+string(suite)+"-*"))
	for _, path := range old {
		if isDir(path) && !strings.HasPrefix(filepath.Base(path), prefix) {
			_ = os.RemoveAll(path) // what is left is only disk space
		}
	}
	return layer, nil
}

// buildPackages lets apt install into an overlay over the root. Its mounts are
// in a namespace of their own, and end with it.
func buildPackages(ctx context.Context, root, layer string, packages []string, lock *os.File) error {
	unfinished := filepath.Join(cacheDir(), "."+filepath.Base(layer)+".new")
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	defer os.RemoveAll(unfinished)
	for _, name := range []string{"upper", "work", "root"} {
		if err := os.MkdirAll(filepath.Join(unfinished, name), 0o755); err != nil {
			return err
		}
	}
	log, err := os.Create(filepath.Join(cacheDir(), filepath.Base(layer)+".log"))
	if err != nil {
		return err
	}
	defer log.Close()
	args := append([]string{"--mount", "--propagation", "private", "sh", "-euc", packagesScript, "packages", root, unfinished}, packages...)
	cmd := exec.CommandContext(ctx, "unshare", args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("apt-get: %w\n%s", err, lastLines(log.Name(), 30))
	}
	return os.Rename(filepath.Join(unfinished, "upper"), layer)
}
