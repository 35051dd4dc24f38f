package machine

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// User runs commands in a machine as one of its users, in the way that cron or
// a plain daemon does: no login session, no terminal, a short environment
// (HOME, USER, LOGNAME, SHELL, PATH, LANG), in the home directory. A User is a
// value: the methods that change something return another one.
type User struct {
	machine        *Machine
	name           string
	env            []string
	dir            string
	stdin          io.Reader
	stdout, stderr io.Writer
	manager        bool
}

// As is the user of that name, whom the machine has to know when the command
// is started.
func (m *Machine) As(name string) User { return User{machine: m, name: name} }

// Env adds variables to the environment, as NAME=value.
func (u User) Env(variables ...string) User {
	u.env = append(slices.Clone(u.env), variables...)
	return u
}

// Dir sets the directory to run in.
func (u User) Dir(path string) User {
	u.dir = path
	return u
}

// Stdin gives the command something to read. A terminal stays the command's
// controlling terminal.
func (u User) Stdin(r io.Reader) User {
	u.stdin = r
	return u
}

// Stdout sends the command's output and error output to writers as they come,
// instead of keeping them for the result. Either may be nil, which keeps it.
func (u User) Stdout(stdout, stderr io.Writer) User {
	u.stdout, u.stderr = stdout, stderr
	return u
}

// WithManager also sets XDG_RUNTIME_DIR, as a login would, so that
// "systemctl --user" and "journalctl --user" find the user's manager.
func (u User) WithManager() User {
	u.manager = true
	return u
}

// account is one line of the machine's /etc/passwd.
type account struct {
	uid, gid    int
	home, shell string
}

// account reads the file itself: no process is needed, and only users that
// tests made matter here.
func (m *Machine) account(name string) (account, error) {
	run, err := m.current()
	if err != nil {
		return account{}, err
	}
	root, err := os.OpenRoot(fmt.Sprintf("/proc/%d/root", run.leader))
	if err != nil {
		return account{}, err
	}
	defer root.Close()
	passwd, err := root.ReadFile("etc/passwd")
	if err != nil {
		return account{}, err
	}
	for line := range strings.Lines(string(passwd)) {
		field := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(field) != 7 || field[0] != name {
			continue
		}
		uid, err := strconv.Atoi(field[2])
		if err != nil {
			return account{}, err
		}
		gid, err := strconv.Atoi(field[3])
		return account{uid, gid, field[5], field[6]}, err
	}
	return account{}, fmt.Errorf("machine %s has no user %q", m.Name, name)
}

func (u User) environment(a account) []string {
	path := "/usr/local/bin:/usr/bin:/bin"
	if a.uid == 0 {
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	env := []string{
		"HOME=" + a.home, "USER=" + u.name, "LOGNAME=" + u.name, "SHELL=" + a.shell,
		"PATH=" + path, "LANG=C.UTF-8",
	}
	if u.manager {
		env = append(env, fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", a.uid))
	}
	return append(env, u.env...)
}

// AddUser makes an ordinary user with a home directory and bash as shell.
func (m *Machine) AddUser(ctx context.Context, name string) error {
	if _, err := m.As("root").Output(ctx, "useradd", "-m", "-s", "/bin/bash", name); err != nil {
		return fmt.Errorf("cannot add user %s: %w", name, err)
	}
	return nil
}

// Linger starts the manager of a user and lets it outlive logins and reboots,
// as "loginctl enable-linger" does, and returns when the manager is up.
func (m *Machine) Linger(ctx context.Context, name string) error {
	if _, err := m.As("root").Output(ctx, "loginctl", "enable-linger", name); err != nil {
		return fmt.Errorf("cannot let %s linger: %w", name, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute) // logind starts none for a uid that is just leaving
	defer cancel()
	for {
		// Fails while the manager does not listen yet.
		result, err := m.As(name).WithManager().Exec(ctx, "systemctl", "--user", "is-system-running", "--wait")
		if err != nil {
			return fmt.Errorf("cannot wait for the manager of %s: %w", name, err)
		}
		switch strings.TrimSpace(result.Stdout) {
		case "running", "degraded":
			return nil
		}
		time.Sleep(5 * time.Millisecond)
	}
}
