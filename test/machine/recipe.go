package machine

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// HostName is the full name of every machine. Inside it resolves to
// 127.0.1.1, as on any Debian host without a fixed address.
const HostName = "eco.example.ac.uk"

//go:embed customise.sh
var customiseScript string

// customiseHook runs the script inside the new root; mmdebstrap gives the
// root's directory as $1.
const customiseHook = `chroot "$1" /bin/sh -euc "$ECOUNIT_CUSTOMISE" customise ` + HostName

// recipe is the command line that builds the root, but for where to.
func recipe(suite Suite) []string {
	return []string{
		"mmdebstrap", "--mode=root", "--variant=minbase", "--format=directory",
		"--include=" + strings.Join(suite.packages(), ","),
		`--aptopt=APT::Install-Recommends "false"`,
		`--aptopt=Acquire::Languages "none"`,
		`--aptopt=Acquire::Check-Valid-Until "false"`, // old releases are no longer signed anew
		"--dpkgopt=force-unsafe-io",
		"--dpkgopt=path-exclude=/usr/share/doc/*",
		"--dpkgopt=path-exclude=/usr/share/man/*",
		"--dpkgopt=path-exclude=/usr/share/locale/*",
		"--customize-hook=" + customiseHook,
	}
}

// recipeHash changes whenever the root would.
func recipeHash(suite Suite) string {
	sum := sha256.Sum256([]byte(strings.Join(recipe(suite), "\x00") + "\x00" + customiseScript))
	return hex.EncodeToString(sum[:6])
}

func buildCommand(ctx context.Context, suite Suite, target string) (*exec.Cmd, error) {
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("only root can")
	}
	for _, program := range []string{"mmdebstrap", "systemd-nspawn"} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, fmt.Errorf("%w (on Debian: apt-get install mmdebstrap systemd-container)", err)
		}
	}
	args := append(recipe(suite)[1:], string(suite), target)
	if mirror := os.Getenv("ECOUNIT_MACHINE_MIRROR"); mirror != "" {
		args = append(args, mirror)
	}
	cmd := exec.CommandContext(ctx, "mmdebstrap", args...)
	cmd.Env = append(os.Environ(), "ECOUNIT_CUSTOMISE="+customiseScript, "LC_ALL=C.UTF-8")
	// Ended as a group: mmdebstrap's own children hold the target.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	return cmd, nil
}
