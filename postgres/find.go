package postgres

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// socketPrefix begins the name of a server's socket; the port follows.
const socketPrefix = ".s.PGSQL."

// SocketDirs are the folders where distributions' servers put their sockets.
func SocketDirs() []string { return []string{"/var/run/postgresql", "/run/postgresql", "/tmp"} }

// Sought is what Find looks for.
type Sought struct {
	User     string   // the role to go there as
	Database string   // the one that it will be about; it need not exist
	PassFile string   // for a server that wants a password, or ""
	Dirs     []string // folders with sockets, the likeliest first
}

// Find asks the servers with a socket on this host, and returns the first that
// lets the user in. Where none does, it returns the one that comes nearest to
// it, with the error of why not.
func Find(ctx context.Context, sought Sought) (Server, error) {
	var (
		nearest Server
		why     error
	)
	for _, s := range sockets(sought.Dirs) {
		s.User, s.PassFile = sought.User, sought.PassFile
		err := s.hello(ctx, sought.Database)
		if err == nil || ctx.Err() != nil {
			return s, err
		}
		if why == nil || distance(err) < distance(why) {
			nearest, why = s, err
		}
	}
	if why == nil {
		return Server{}, &Error{
			Kind:    NoServer,
			Message: "cannot find a Postgres server on this host: there is no socket in " + strings.Join(sought.Dirs, ", "),
			Fix:     "systemctl status postgresql tells whether it runs",
		}
	}
	return nearest, why
}

// hello is nil when the server lets the role in, whether or not the database
// is there and is theirs: the role is looked at first.
func (s Server) hello(ctx context.Context, database string) error {
	c, err := s.connect(ctx, database)
	switch KindOf(err) {
	case NoDatabase, NotAllowed, HalfDropped:
		return nil
	}
	if err == nil {
		c.close()
	}
	return err
}

// distance orders reasons: what is missing may be made, what is shut may be
// opened, what does not run may be old.
func distance(err error) int {
	order := []Kind{NoRole, TooManyConnections, PasswordWrong, PasswordMissing, Refused, NoAccess, TooOld}
	if i := slices.Index(order, KindOf(err)); i >= 0 {
		return i
	}
	return len(order)
}

// sockets are the servers that have a socket in the folders; the default port
// comes first in each. A folder under two names counts once.
func sockets(dirs []string) []Server {
	var (
		servers []Server
		seen    []os.FileInfo
	)
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || slices.ContainsFunc(seen, func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
			continue
		}
		seen = append(seen, info)
		for _, port := range ports(dir, info.Mode().Perm()&0o002 != 0) {
			servers = append(servers, Server{Host: dir, Port: port})
		}
	}
	return servers
}

func ports(dir string, public bool) []int {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var found []int
	for _, entry := range entries {
		text, isSocket := strings.CutPrefix(entry.Name(), socketPrefix)
		port, err := strconv.Atoi(text)
		if !isSocket || err != nil || port < 1 || port > 65535 || entry.Type()&os.ModeSocket == 0 {
			continue
		}
		if !public || trusted(filepath.Join(dir, entry.Name())) {
			found = append(found, port)
		}
	}
	slices.SortFunc(found, func(a, b int) int {
		if (a == defaultPort) != (b == defaultPort) {
			if a == defaultPort {
				return -1
			}
			return 1
		}
		return a - b
	})
	return found
}

// lastSystemUID is SYS_UID_MAX of login.defs(5) everywhere.
const lastSystemUID = 999

// trusted keeps from taking another user's program for the host's server: in
// /tmp anybody can make a socket of that name.
func trusted(path string) bool {
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && (stat.Uid <= lastSystemUID || int(stat.Uid) == os.Geteuid())
}
