package imports

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ecounit/descriptor"
	"ecounit/templates"
)

// Addition is what a descriptor lacks.
type Addition struct {
	Name  string `json:"name"`
	File  string `json:"file"`
	Lines string `json:"lines"`
}

// LinesToAdd are the lines that a descriptor has now and did not have before,
// below the heads of their sections.
func LinesToAdd(before, after *descriptor.Descriptor) (string, error) {
	had, err := linesOf(before)
	if err != nil {
		return "", err
	}
	has, err := linesOf(after)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	section := ""
	for _, l := range has {
		if slices.Contains(had, l) {
			continue
		}
		if l.section != section {
			section = l.section
			fmt.Fprintln(&b, section)
		}
		b.WriteString(l.text)
		if i := slices.IndexFunc(had, func(o line) bool { return o.section == l.section && o.key() == l.key() }); i >= 0 {
			fmt.Fprintf(&b, " # in place of %s", had[i].text)
		}
		b.WriteString("\n")
	}
	for _, name := range slices.Sorted(maps.Keys(before.Process)) {
		if _, isThere := after.Process[name]; !isThere {
			fmt.Fprintf(&b, "# [process.%s] goes: it became [web]\n", name)
		}
	}
	return b.String(), nil
}

// line is an assignment in a descriptor.
type line struct{ section, text string }

func (l line) key() string {
	key, _, _ := strings.Cut(l.text, " = ")
	return key
}

func linesOf(d *descriptor.Descriptor) ([]line, error) {
	text, err := templates.Descriptor(d)
	if err != nil {
		return nil, err
	}
	var all []line
	section := ""
	for text := range strings.Lines(string(text)) {
		switch text = strings.TrimSuffix(text, "\n"); {
		case text == "" || text[0] == '#':
		case text[0] == '[':
			section = text
		default:
			all = append(all, line{section, text})
		}
	}
	return all, nil
}
