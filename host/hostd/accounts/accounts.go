// Package accounts looks up users and groups where the host has them: in
// /etc/passwd, in LDAP, wherever nsswitch.conf says. It asks getent(1), because
// a program without cgo reads /etc/passwd alone.
//
// It must not know what an account may do.
package accounts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ErrUnknown says for sure that there is no such user or group. Every other
// error says nothing about whether there is one.
var ErrUnknown = errors.New("unknown")

// Account is a user of the host.
type Account struct {
	Name     string
	UID, GID int
}

// Directory asks getent.
type Directory struct {
	Getent string        // default /usr/bin/getent
	Switch string        // default /etc/nsswitch.conf
	SSSD   string        // its socket; default /var/lib/sss/pipes/nss
	Limit  time.Duration // for each question; default five seconds
}

// ByUID finds a user by number. Errors: ErrUnknown.
func (d Directory) ByUID(ctx context.Context, uid int) (Account, error) {
	a, err := d.account(ctx, strconv.Itoa(uid))
	if err == nil && a.UID != uid {
		err = fmt.Errorf("cannot look up uid %d: the answer is about %d", uid, a.UID)
	}
	return a, err
}

// ByName finds a user by name. Errors: ErrUnknown.
func (d Directory) ByName(ctx context.Context, name string) (Account, error) {
	if !askable(name) {
		return Account{}, fmt.Errorf("the user %q is %w", name, ErrUnknown)
	}
	a, err := d.account(ctx, name)
	if err == nil && a.Name != name {
		err = fmt.Errorf("cannot look up the user %s: the answer is about %s", name, a.Name)
	}
	return a, err
}

// GroupsOf returns which of the named groups an account is in. Groups that do
// not exist have no members.
func (d Directory) GroupsOf(ctx context.Context, a Account, groups []string) ([]string, error) {
	numbers := map[string]int{}
	var doubt error // does not matter to who is in another one
	for _, name := range groups {
		gid, err := d.group(ctx, name)
		switch {
		case err == nil:
			numbers[name] = gid
		case !errors.Is(err, ErrUnknown):
			doubt = err
		}
	}
	if len(numbers) == 0 {
		return nil, doubt
	}
	own, err := d.ask(ctx, "initgroups", a.Name) // "alice 27 1001"
	if err != nil {
		return nil, err
	}
	member := strings.Fields(strings.TrimPrefix(own, a.Name))
	var in []string
	for _, name := range groups {
		gid, exists := numbers[name]
		if exists && (gid == a.GID || slices.Contains(member, strconv.Itoa(gid))) {
			in = append(in, name)
		}
	}
	if len(in) == 0 {
		return nil, doubt
	}
	return in, nil
}

// HasGroup is an error, ErrUnknown where it is certain, unless there is a group
// of that name.
func (d Directory) HasGroup(ctx context.Context, name string) error {
	_, err := d.group(ctx, name)
	return err
}

func (d Directory) group(ctx context.Context, name string) (int, error) {
	if !askable(name) {
		return 0, fmt.Errorf("the group %q is %w", name, ErrUnknown)
	}
	line, err := d.ask(ctx, "group", name)
	if err != nil {
		return 0, err
	}
	fields := strings.Split(line, ":")
	if len(fields) < 3 {
		return 0, fmt.Errorf("cannot look up the group %s: getent says %q", name, line)
	}
	return strconv.Atoi(fields[2])
}

func (d Directory) account(ctx context.Context, key string) (Account, error) {
	line, err := d.ask(ctx, "passwd", key)
	if err != nil {
		return Account{}, err
	}
	fields := strings.Split(line, ":")
	if len(fields) < 4 {
		return Account{}, fmt.Errorf("cannot look up the user %s: getent says %q", key, line)
	}
	uid, err := strconv.Atoi(fields[2])
	if err != nil {
		return Account{}, fmt.Errorf("cannot look up the user %s: %w", key, err)
	}
	gid, err := strconv.Atoi(fields[3])
	if err != nil {
		return Account{}, fmt.Errorf("cannot look up the user %s: %w", key, err)
	}
	return Account{Name: fields[0], UID: uid, GID: gid}, nil
}

// askable are names that getent takes as names, not as numbers, and that break
// no line.
func askable(name string) bool {
	return len(name) <= 256 && strings.Trim(name, "0123456789") != "" &&
		!strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f || r == ':' })
}

// ask returns the first line of the answer, or ErrUnknown.
func (d Directory) ask(ctx context.Context, database, key string) (string, error) {
	limit := d.Limit
	if limit == 0 {
		limit = 5 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, orDefault(d.Getent, "/usr/bin/getent"), database, "--", key)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}
	cmd.WaitDelay = time.Second
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	err := cmd.Run()
	var exit *exec.ExitError
	const notFound = 2 // getent(1)
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("cannot look up %s in %s: the directory service does not answer: %w", key, database, context.Cause(ctx))
	case errors.As(err, &exit) && exit.ExitCode() == notFound:
		if source := d.doubtful(database); source != "" {
			return "", fmt.Errorf("cannot find %s in %s, and cannot tell whether %q (%s) is just not answering", key, database, source, orDefault(d.Switch, nsswitch))
		}
		return "", fmt.Errorf("%s is %w in %s", key, ErrUnknown, database)
	case err != nil:
		return "", fmt.Errorf("cannot look up %s in %s: %w: %s", key, database, err, strings.TrimSpace(said.String()))
	}
	line, _, _ := strings.Cut(out.String(), "\n")
	return line, nil
}
