package postgres

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
)

// checkPassFile refuses a file that others can read, as libpq does: it would
// ignore it, and the app would fail where ecounit did not. A file that is
// missing has no passwords.
func (s Server) checkPassFile() error {
	if s.PassFile == "" {
		return nil
	}
	info, err := os.Stat(s.PassFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return &Error{Kind: BadSettings, Message: "cannot read the password file: " + err.Error(), cause: err}
	case !info.Mode().IsRegular():
		return &Error{Kind: BadSettings, Message: fmt.Sprintf("cannot read passwords from %s: it is not a file", s.PassFile)}
	case info.Mode().Perm()&0o077 != 0:
		return &Error{
			Kind:    BadSettings,
			Message: fmt.Sprintf("cannot use the passwords in %s: others can read it, and Postgres ignores it then", s.PassFile),
			Fix:     "chmod 600 " + s.PassFile,
		}
	}
	return nil
}

// passLines is a password file for one database. libpq looks for a socket's
// folder, or for localhost where the folder is the one it was built with.
func passLines(s Server, database, password string) []byte {
	hosts := []string{s.Host}
	if s.local() {
		hosts = append(hosts, "localhost")
	}
	var text strings.Builder
	for _, host := range hosts {
		fields := []string{host, strconv.Itoa(s.Port), database, s.User, password}
		for i, field := range fields {
			fields[i] = strings.NewReplacer(`\`, `\\`, `:`, `\:`).Replace(field)
		}
		text.WriteString(strings.Join(fields, ":") + "\n")
	}
	return []byte(text.String())
}
