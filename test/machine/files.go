package machine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strings"
)

// Files go through a command inside, so that links and mounts mean what they
// mean there.

// install writes its input to $3 with owner $1 and mode $2. Directories that
// are missing are made by the owner where the owner may, or else by root.
const install = `
dir=$(dirname -- "$3")
[ -d "$dir" ] || setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups mkdir -p -- "$dir" 2>/dev/null || mkdir -p -- "$dir"
exec install -o "$1" -g "$(id -gn "$1")" -m "$2" -T /dev/stdin "$3"`

// ReadFile is the content of a file in the machine.
func (m *Machine) ReadFile(ctx context.Context, path string) ([]byte, error) {
	text, err := m.As("root").Exec(ctx, "cat", "--", path)
	if err != nil {
		return nil, err
	}
	if text.Code != 0 {
		return nil, fmt.Errorf("cannot read: %s", strings.TrimSpace(text.Stderr))
	}
	return []byte(text.Stdout), nil
}

// WriteFile writes a file in the machine and makes the directories it needs.
// A file that was there is replaced by a new one.
func (m *Machine) WriteFile(ctx context.Context, path string, data []byte, owner string, mode fs.FileMode) error {
	return m.write(ctx, path, bytes.NewReader(data), owner, mode)
}

// CopyIn copies a file of the host into the machine, as WriteFile does.
func (m *Machine) CopyIn(ctx context.Context, hostPath, path, owner string, mode fs.FileMode) error {
	file, err := os.Open(hostPath)
	if err != nil {
		return fmt.Errorf("cannot copy into machine %s: %w", m.Name, err)
	}
	defer file.Close()
	return m.write(ctx, path, file, owner, mode)
}

func (m *Machine) write(ctx context.Context, path string, from io.Reader, owner string, mode fs.FileMode) error {
	_, err := m.As("root").Stdin(from).Output(ctx,
		"/bin/sh", "-c", install, "install", owner, fmt.Sprintf("%#o", mode.Perm()), path)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return nil
}

// unpack unpacks a tar archive into $2, which is made by and for the owner $1.
const unpack = `
[ -d "$2" ] || setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups mkdir -p -- "$2" 2>/dev/null || install -d -o "$1" -g "$(id -gn "$1")" -- "$2"
exec tar -x --numeric-owner --no-overwrite-dir -p -f - -C "$2"`

// CopyDir copies what is in a directory of the host into one of the machine.
// Everything copied belongs to the owner and keeps its mode.
func (m *Machine) CopyDir(ctx context.Context, hostDir, dir, owner string) error {
	who, err := m.account(owner)
	if err != nil {
		return fmt.Errorf("cannot copy into machine %s: %w", m.Name, err)
	}
	pack := exec.CommandContext(ctx, "tar", "-c", "--numeric-owner", "-f", "-",
		fmt.Sprintf("--owner=:%d", who.uid), fmt.Sprintf("--group=:%d", who.gid), "-C", hostDir, ".")
	var said bytes.Buffer
	pack.Stderr = &said
	archive, err := pack.StdoutPipe()
	if err != nil {
		return fmt.Errorf("cannot copy %s: %w", hostDir, err)
	}
	if err := pack.Start(); err != nil {
		return fmt.Errorf("cannot copy %s: %w", hostDir, err)
	}
	_, err = m.As("root").Stdin(archive).Output(ctx, "/bin/sh", "-c", unpack, "unpack", owner, dir)
	if packErr := pack.Wait(); packErr != nil {
		err = errors.Join(err, fmt.Errorf("tar: %w: %s", packErr, strings.TrimSpace(said.String())))
	}
	if err != nil {
		return fmt.Errorf("cannot copy %s to %s: %w", hostDir, dir, err)
	}
	return nil
}
