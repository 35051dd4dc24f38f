package postgres

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// settings are those of a connection by libpq's names.
type settings map[string]string

// FromURL reads a server and a database out of a URL as libpq takes it:
// postgresql://ROLE:PASSWORD@HOST:PORT/DATABASE?sslmode=require. The error
// shows nothing of it.
func FromURL(text string) (s Server, database string, err error) {
	read, err := parseURL(strings.TrimSpace(text))
	if err != nil {
		return Server{}, "", err
	}
	return read.server("the URL")
}

// FromVariables reads a server and a database from variables such as PGHOST.
// Where there is no PGHOST there is no server, and its Host is "".
func FromVariables(get func(name string) string) (s Server, database string, err error) {
	if get("PGHOST") == "" {
		return Server{}, "", nil
	}
	read := settings{
		"host": get("PGHOST"), "port": get("PGPORT"), "user": get("PGUSER"), "dbname": get("PGDATABASE"),
		"password": get("PGPASSWORD"), "passfile": get("PGPASSFILE"),
	}
	for _, p := range parameters {
		read[p.name] = get(p.variable)
	}
	return read.server("the variables PG…")
}

func (read settings) server(from string) (s Server, database string, err error) {
	s = Server{Host: read["host"], Port: defaultPort, User: read["user"], Password: Secret(read["password"]), PassFile: read["passfile"]}
	if text := read["port"]; text != "" {
		if s.Port, err = strconv.Atoi(text); err != nil {
			return Server{}, "", badSettings(from, "the port is not a number")
		}
	}
	for _, p := range parameters {
		if value := read[p.name]; value != "" {
			if s.Parameters == nil {
				s.Parameters = map[string]string{}
			}
			s.Parameters[p.name] = value
		}
	}
	if strings.Contains(s.Host, ",") || strings.Contains(read["port"], ",") {
		return Server{}, "", badSettings(from, "there are several hosts, and a database has to be on one")
	}
	if s.User == "" {
		return Server{}, "", badSettings(from, "there is no role (user) in it")
	}
	return s, read["dbname"], s.check()
}

// parseURL follows conninfo_uri_parse_options in libpq's fe-connect.c, for one
// host. It must not put any of the text into an error: a password may be
// anywhere in a URL that is wrong.
func parseURL(text string) (settings, error) {
	bad := func(problem string) (settings, error) { return nil, badSettings("the URL", problem) }
	rest, ok := cutScheme(text)
	switch {
	case !ok && strings.Contains(text, "+") && strings.HasPrefix(text, "postgres"):
		return bad("a driver (+…) belongs to SQLAlchemy: write postgresql:// without it")
	case !ok:
		return bad("it does not begin with postgresql://")
	case strings.ContainsAny(text, "\x00 \t\r\n"):
		return bad("there is a space or a line break in it")
	}
	var parts [][2]string
	add := func(name, value string) { parts = append(parts, [2]string{name, value}) }
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		user, password, _ := strings.Cut(rest[:i], ":")
		add("user", user)
		add("password", password)
		rest = rest[i+1:]
	}
	rest, query, _ := strings.Cut(rest, "?")
	address, database, _ := strings.Cut(rest, "/")
	add("dbname", database)
	host, port, _ := strings.Cut(address, ":")
	if inside, ok := strings.CutPrefix(address, "["); ok {
		if host, port, ok = strings.Cut(inside, "]"); !ok || port != "" && port[0] != ':' {
			return bad("the address in [ ] is not closed")
		}
		port = strings.TrimPrefix(port, ":")
	}
	add("host", host)
	add("port", port)
	for pair := range strings.SplitSeq(query, "&") {
		name, value, found := strings.Cut(pair, "=")
		if query != "" && (!found || strings.Contains(value, "=")) {
			return bad("a parameter is not of the form NAME=VALUE")
		}
		add(name, value)
	}
	read := settings{}
	for _, part := range parts {
		name, err := unescaped(part[0])
		if err != nil {
			return bad(err.Error())
		}
		value, err := unescaped(part[1])
		if err != nil {
			return bad(err.Error())
		}
		if name != "" && !slices.Contains(urlParameters(), name) {
			return bad("a parameter is none of " + strings.Join(urlParameters(), ", "))
		}
		read[name] = value
	}
	return read, nil
}

// urlParameters are what may follow the question mark. What the front of a URL
// says may be said there instead.
func urlParameters() []string {
	names := []string{"host", "port", "user", "password", "dbname", "passfile"}
	for _, p := range parameters {
		names = append(names, p.name)
	}
	return names
}

func cutScheme(text string) (rest string, ok bool) {
	if rest, ok = strings.CutPrefix(text, "postgresql://"); ok {
		return rest, true
	}
	return strings.CutPrefix(text, "postgres://")
}

var errPercent = errors.New("a % is not followed by two digits that stand for a character")

// unescaped undoes %XX, as libpq does: a plus stays a plus.
func unescaped(text string) (string, error) {
	before, rest, found := strings.Cut(text, "%")
	if !found {
		return text, nil
	}
	var b strings.Builder
	for {
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		if len(rest) < 2 {
			return "", errPercent
		}
		c, err := hex.DecodeString(rest[:2])
		if err != nil || c[0] == 0 {
			return "", errPercent
		}
		b.WriteByte(c[0])
		before, rest, found = strings.Cut(rest[2:], "%")
	}
}

func badSettings(from, problem string) error {
	return &Error{Kind: BadSettings, Message: "cannot use " + from + " of the Postgres server: " + problem}
}
