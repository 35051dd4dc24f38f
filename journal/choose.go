package journal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choice is a query in the words of journalctl.
type choice struct {
	times   []string // --since, --until
	matches []string

	units    map[string]bool
	named    map[string]string // identifier → unit; "" when several have it
	from, to time.Time         // of the invocation; zero: any time
	only     string            // the invocation; "": any
}

// choose spells the matches out. journalctl's own --user-unit asks for the
// same, without the entries that carry an identifier only, and --user does not
// look where a volatile journal is (facts: systemd.md 5).
func (j Journal) choose(ctx context.Context, q Query) (*choice, error) {
	names, err := j.expand(ctx, q.Units)
	if err != nil {
		return nil, err
	}
	c := &choice{units: map[string]bool{}, named: map[string]string{}, only: q.Invocation}
	for _, unit := range names {
		c.units[unit] = true
		for _, name := range identifiers(unit) {
			if other, taken := c.named[name]; taken && other != unit {
				unit = ""
			}
			c.named[name] = unit
		}
	}
	if q.Since != "" {
		c.times = []string{"--since=" + q.Since}
	}
	user := "_UID=" + strconv.Itoa(j.UID)
	if c.only != "" {
		if err := j.bound(ctx, q, c); err != nil {
			return nil, err
		}
		c.or(user, "_SYSTEMD_INVOCATION_ID="+q.Invocation)
		c.or(user, "USER_INVOCATION_ID="+q.Invocation)
	} else {
		for _, unit := range names {
			c.or(user, "_SYSTEMD_USER_UNIT="+unit)
			c.or(user, "USER_UNIT="+unit)
			c.or("COREDUMP_UID="+strconv.Itoa(j.UID), "COREDUMP_USER_UNIT="+unit)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.named)) {
		c.or(user, "_TRANSPORT=stdout", "SYSLOG_IDENTIFIER="+name)
	}
	return c, nil
}

func (c *choice) or(fields ...string) {
	if len(c.matches) > 0 {
		c.matches = append(c.matches, "+")
	}
	c.matches = append(c.matches, fields...)
}

// identifiers are the SyslogIdentifier= that a service is expected to have.
// When a process ends before journald has looked it up, its last lines, or all
// of them, are stored without the unit and with the identifier alone. Two
// instances may share one.
func identifiers(unit string) []string {
	name, isService := strings.CutSuffix(unit, ".service")
	if !isService {
		return nil
	}
	if prefix, _, isInstance := strings.Cut(name, "@"); isInstance {
		return []string{name, prefix}
	}
	return []string{name}
}

// wants drops what the identifier alone brought in: entries of other units, or
// of another run.
func (c *choice) wants(e *Entry) bool {
	switch {
	case e.Omitted && e.Unit == "":
		return true
	case e.Unit != "" && c.only != "":
		return e.InvocationID == c.only
	case e.Unit != "":
		return c.units[e.Unit]
	case !c.from.IsZero() && (e.Time.Before(c.from) || e.Time.After(c.to)):
		return false
	}
	e.Unit = c.named[e.Identifier]
	return true
}

// afterwards is how long after the last entry of a run a line of it can still
// arrive; systemd waits longer before it starts the unit again.
const afterwards = 50 * time.Millisecond

// bound finds out when an invocation was, so that lines without an id can be
// taken for its own.
func (j Journal) bound(ctx context.Context, q Query, c *choice) error {
	if !isID(q.Invocation) {
		return fmt.Errorf("cannot read the journal: %q is not the id of an invocation", q.Invocation)
	}
	matches := []string{"USER_INVOCATION_ID=" + q.Invocation, "+", "_SYSTEMD_INVOCATION_ID=" + q.Invocation}
	err := j.run(ctx, append([]string{"--output-fields=MESSAGE"}, matches...), func(out io.Reader) error {
		return parseStream(out, func(e Entry) error {
			c.from = e.Time
			return io.EOF // one is enough
		})
	})
	if err == nil {
		return errNothing
	}
	if !errors.Is(err, io.EOF) {
		return err
	}
	c.to = time.Now().AddDate(1, 0, 0)
	if q.Follow {
		return nil
	}
	err = j.run(ctx, append([]string{"--output-fields=MESSAGE", "--lines=1"}, matches...), func(out io.Reader) error {
		return parseStream(out, func(e Entry) error {
			c.to = e.Time.Add(afterwards)
			return nil
		})
	})
	if q.Since == "" {
		c.times = append(c.times, "--since="+At(c.from))
	}
	c.times = append(c.times, "--until="+At(c.to))
	return err
}

func isID(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// expand puts the units that the journal knows in the place of globs.
func (j Journal) expand(ctx context.Context, patterns []string) ([]string, error) {
	var names, globs []string
	for _, p := range patterns {
		if strings.ContainsAny(p, "*?[") {
			globs = append(globs, strings.ReplaceAll(p, `\`, `\\`)) // as in app-a\x2db.slice
		} else {
			names = append(names, p)
		}
	}
	if len(globs) == 0 {
		return names, nil
	}
	for _, field := range []string{"_SYSTEMD_USER_UNIT", "USER_UNIT"} {
		err := j.run(ctx, []string{"--field=" + field}, func(out io.Reader) error {
			lines := bufio.NewScanner(out)
			for lines.Scan() {
				unit := lines.Text()
				if slices.ContainsFunc(globs, func(glob string) bool { ok, _ := path.Match(glob, unit); return ok }) {
					names = append(names, unit)
				}
			}
			return lines.Err()
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}
