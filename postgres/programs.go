package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"ecounit/lazy"
)

// Programs says where the programs of Postgres are looked for.
type Programs struct {
	Path []string // folders, as in PATH
	Home string   // HOME of the programs that are run
}

// versionDirs are where distributions keep several versions side by side; the
// number in the path is the version.
var versionDirs = []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib64/pgsql/postgresql-*/bin"}

var (
	versionInPath   = lazy.Regexp(`(?:postgresql/|postgresql-|pgsql-)([0-9]+)/`)
	versionInOutput = lazy.Regexp(`\(PostgreSQL\) ([0-9]+)`)
)

// program is one that was found.
type program struct {
	path  string
	major int
}

// find returns the programs that can serve a server of that version, the
// nearest version first: an older one refuses, a newer one may send what the
// server does not know.
func (p Programs) find(ctx context.Context, name string, server int) ([]program, error) {
	var found []program
	newest := 0
	add := func(path string, major int) {
		newest = max(newest, major)
		if major >= server && !slices.ContainsFunc(found, func(other program) bool { return other.major == major }) {
			found = append(found, program{path, major})
		}
	}
	for _, pattern := range versionDirs {
		paths, _ := filepath.Glob(filepath.Join(pattern, name)) // the patterns are right
		for _, path := range paths {
			if isProgram(path) {
				add(path, versionOfPath(path))
			}
		}
	}
	for _, dir := range p.Path {
		if path := filepath.Join(dir, name); filepath.IsAbs(dir) && isProgram(path) {
			add(path, versionOf(ctx, path))
		}
	}
	if len(found) == 0 {
		return nil, noProgram(name, server, newest)
	}
	slices.SortFunc(found, func(a, b program) int { return a.major - b.major })
	return found, nil
}

func noProgram(name string, server, newest int) error {
	e := &Error{
		Kind:    NoProgram,
		Message: fmt.Sprintf("cannot find the program %s of Postgres %d or newer", name, server),
		Fix:     fmt.Sprintf("your administrator installs postgresql-client-%d (Debian) or postgresql%d (PGDG)", server, server),
	}
	if newest > 0 {
		e.Message += fmt.Sprintf("; there is %d", newest)
	}
	return e
}

func isProgram(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

func versionOfPath(path string) int { return number(versionInPath().FindStringSubmatch(path)) }

// versionTimeout is for a program whose disk is far away. What hangs longer is
// none of Postgres, whatever its name.
const versionTimeout = 5 * time.Second

func versionOf(ctx context.Context, path string) int {
	ctx, cancel := context.WithTimeout(ctx, versionTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, "--version")
	cmd.WaitDelay = time.Second // for what it may have started
	var text bytes.Buffer
	cmd.Stdout = &text
	err := runBound(cmd)
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		return 0
	}
	return number(versionInOutput().FindStringSubmatch(text.String()))
}

// number is the first group of a match; 0 serves no server.
func number(match []string) int {
	if match == nil {
		return 0
	}
	n, _ := strconv.Atoi(match[1])
	return n
}

// Shell is the command line of psql for a database, and its environment.
func (s Server) Shell(ctx context.Context, database string, programs Programs) (argv, environment []string, err error) {
	c, err := s.connect(ctx, database)
	if err != nil {
		return nil, nil, err
	}
	defer c.close()
	found, err := programs.find(ctx, "psql", c.major)
	if err != nil {
		// An older one knows the server's catalogs less well, but will do.
		older, olderErr := programs.find(ctx, "psql", 1)
		if olderErr != nil {
			return nil, nil, err
		}
		found = older[len(older)-1:]
	}
	environment, err = s.environ(database)
	return []string{found[0].path, "--no-password"}, environment, err
}

// environ are the variables for a program of Postgres. Its password is in
// them, where nobody but its own account and root can read it.
func (s Server) environ(database string) ([]string, error) {
	config, err := s.config(database)
	if err != nil {
		return nil, err
	}
	e, err := s.Environment(database, "")
	if err != nil {
		return nil, err
	}
	env := []string{"PGPASSFILE=/dev/null"}
	for _, v := range e.Variables {
		if v.Name != "DATABASE_URL" && v.Name != "PGPASSFILE" {
			env = append(env, v.Name+"="+v.Value)
		}
	}
	if config.Password != "" {
		env = append(env, "PGPASSWORD="+config.Password)
	}
	return env, nil
}
