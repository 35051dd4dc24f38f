//go:build machine

package equivalence

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// difference is something that is not the same here as there, and the entry of
// the report that tells of it.
type difference struct {
	key         string // what differs, as a regular expression
	there, here string // the values, likewise; "" is none
	told        string
}

// rule is a difference that all programs have. Where nobody is told, the
// reason says why nobody needs to be.
type rule struct {
	key, reason, told string
}

// compare fails on each difference that is not expected, and on each that is
// expected and not there or not told of.
func compare(t *testing.T, there, here behaviours, told reports) {
	t.Helper()
	isUsed := map[string]bool{}
	for _, program := range slices.Sorted(maps.Keys(merged(there, here))) {
		of := byProgram[program]
		if of == nil {
			t.Errorf("%s: cases does not know it", program)
			continue
		}
		isUsed[program] = true
		found := map[string]bool{}
		old, now := there.of(program), here.of(program)
		for _, key := range slices.Sorted(maps.Keys(merged(old, now))) {
			if same(key, old[key], now[key]) {
				continue
			}
			i := slices.IndexFunc(of.differs, func(d difference) bool { return matches(d.key, key) })
			if r := ruleFor(key); r != nil && i < 0 {
				isUsed[r.key] = true
				continue
			}
			if i < 0 {
				t.Errorf("%s: %s: %q under supervisor, %q under ecounit", program, key, old[key], now[key])
				continue
			}
			d := of.differs[i]
			found[d.key] = true
			if !matches(d.there, old[key]) || !matches(d.here, now[key]) {
				t.Errorf("%s: %s: %q under supervisor, %q under ecounit; expected %q and %q", program, key, old[key], now[key], d.there, d.here)
			}
		}
		for _, d := range of.differs {
			if !found[d.key] {
				t.Errorf("%s: %s is the same", program, d.key)
			}
			if !told.about(of.section(), d.told) {
				t.Errorf("%s: %s: the report does not say %q but %q", program, d.key, d.told, told[of.section()])
			}
		}
	}
	for _, r := range rules {
		if !isUsed[r.key] {
			t.Errorf("the rule for %s is about nothing: %s", r.key, r.reason)
		}
		if r.told != "" && !told.about("supervisord", r.told) {
			t.Errorf("%s: the report does not say %q but %q", r.key, r.told, told["supervisord"])
		}
	}
	for program := range byProgram {
		if !isUsed[program] {
			t.Errorf("%s did not run at all", program)
		}
	}
}

func merged[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func matches(pattern, value string) bool {
	return regexp.MustCompile(`(?s)^(` + pattern + `)$`).MatchString(value)
}

func ruleFor(key string) *rule {
	for i, r := range rules {
		if matches(r.key, key) {
			return &rules[i]
		}
	}
	return nil
}

// same allows for what both leave open.
func same(key, there, here string) bool {
	switch key {
	case "signals", "child: signals":
		// systemd sends CONT after each signal, for whatever was stopped.
		return there == strings.TrimSpace(strings.ReplaceAll(" "+here, " CONT", ""))
	case "waits":
		// supervisor looks once a second whether the time is over.
		const tolerance = 2
		a, err := strconv.ParseFloat(there, 64)
		b, err2 := strconv.ParseFloat(here, 64)
		return err == nil && err2 == nil && math.Abs(a-b) < tolerance
	}
	return there == here
}

// reports are the verdicts of a report on each section.
type reports map[string][]string

// about reports whether something was said of a section, or of all programs.
func (r reports) about(section, text string) bool {
	begins := func(said string) bool { return strings.HasPrefix(said, text) }
	return text != "" && (slices.ContainsFunc(r[section], begins) || slices.ContainsFunc(r["supervisord"], begins))
}

var entry = regexp.MustCompile(`(?m)^supervisord\.conf:(\d+): +(kept|changed|not needed|no equivalent) +(.*)$`)

// told sorts a report by the sections of the configuration.
func told(config, report string) reports {
	var sections []string
	section := ""
	for line := range strings.Lines(config) {
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(strings.TrimSpace(line), "[]")
		}
		sections = append(sections, section)
	}
	by := reports{}
	for _, found := range entry.FindAllStringSubmatch(report, -1) {
		if number, err := strconv.Atoi(found[1]); err == nil && number <= len(sections) {
			of := sections[number-1]
			by[of] = append(by[of], found[2]+": "+found[3])
		}
	}
	return by
}
