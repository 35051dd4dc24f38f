package units

import (
	"fmt"
	"slices"
	"strings"
)

// maxName is the longest name of a unit in bytes, the suffix included.
const maxName = 255

var (
	unitChars = newCharset(alphanumeric + `:-_.\@`)

	unitTypes = []string{
		"automount", "device", "mount", "path", "scope", "service",
		"slice", "socket", "swap", "target", "timer",
	}
)

// ValidName reports why a unit cannot have the name (systemd.unit(5)), which
// may be that of a template.
func ValidName(name string) error {
	dot := strings.LastIndexByte(name, '.')
	switch {
	case len(name) > maxName:
		return fmt.Errorf("cannot name a unit %s: longer than %d bytes", show(name), maxName)
	case dot <= 0 || name[0] == '@' || !unitChars.spans(name):
		return fmt.Errorf(`cannot name a unit %s: not made of letters, digits and :-_.\@ with a type at the end`, show(name))
	case !slices.Contains(unitTypes, name[dot+1:]):
		return fmt.Errorf("cannot name a unit %s: there is no unit type %q", show(name), name[dot+1:])
	}
	return nil
}

// isTemplate says whether the valid name lacks its instance.
func isTemplate(name string) bool {
	_, instance, found := strings.Cut(name, "@")
	return found && strings.LastIndexByte(instance, '.') == 0
}

// escapeComponent writes any string as part of a unit name, as
// systemd-escape(1) does. In the name of a slice it keeps dashes from nesting
// it under others (systemd.slice(5)).
func escapeComponent(s string) string {
	var out strings.Builder
	for i := range len(s) {
		b := s[i]
		switch {
		case b == '/':
			out.WriteByte('-')
		case b == '.' && i > 0, b == ':', b == '_',
			'0' <= b && b <= '9', 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z':
			out.WriteByte(b)
		default:
			fmt.Fprintf(&out, `\x%02x`, b)
		}
	}
	return out.String()
}
