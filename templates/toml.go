package templates

import (
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"ecounit/descriptor"
)

// keys writes the keys of one table that are set, a line each. Tables within
// it are passed over.
func keys(table any) (string, error) {
	v := reflect.Indirect(reflect.ValueOf(table))
	var lines []string
	for i := range v.NumField() {
		key, field := v.Type().Field(i).Tag.Get("toml"), v.Field(i)
		if key == "" || field.IsZero() || isTable(field.Type()) {
			continue
		}
		text, err := value(field)
		if err != nil {
			return "", fmt.Errorf("%s: %w", key, err)
		}
		lines = append(lines, key+" = "+text)
	}
	return strings.Join(lines, "\n"), nil
}

func isTable(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Map || t.Kind() == reflect.Struct && t != reflect.TypeFor[descriptor.Listen]() && t != reflect.TypeFor[descriptor.Postgres]()
}

// value writes a value as the descriptor has it.
func value(v reflect.Value) (string, error) {
	switch x := v.Interface().(type) {
	case descriptor.Duration:
		return quoted(span(time.Duration(x)))
	case descriptor.Bytes:
		return quoted(amount(uint64(x)))
	case descriptor.BodySize:
		return quoted(amount(uint64(x)))
	case netip.Prefix:
		if x.IsSingleIP() {
			return quoted(x.Addr().String())
		}
		return quoted(x.String())
	case descriptor.Percent:
		return quoted(fmt.Sprintf("%d%%", x))
	case descriptor.Postgres:
		if x.Name != "" {
			return quoted(x.Name)
		}
		return strconv.FormatBool(x.Wanted), nil
	case descriptor.Listen:
		if x.Port != 0 {
			return strconv.Itoa(x.Port), nil
		}
		return quoted(string(x.Mode))
	}
	switch v.Kind() {
	case reflect.Pointer:
		return value(v.Elem())
	case reflect.String:
		return quoted(v.String())
	case reflect.Int:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			item, err := value(v.Index(i))
			if err != nil {
				return "", err
			}
			items[i] = item
		}
		return "[" + strings.Join(items, ", ") + "]", nil
	}
	return "", fmt.Errorf("no way is known to write a %s", v.Type())
}

// span writes a duration with a single unit.
func span(d time.Duration) string {
	switch {
	case d%time.Second == 0:
		return fmt.Sprintf("%ds", d/time.Second)
	case d%time.Millisecond == 0:
		return fmt.Sprintf("%dms", d/time.Millisecond)
	}
	return fmt.Sprintf("%dus", d/time.Microsecond)
}

// amount writes bytes with the largest unit that leaves nothing over.
func amount(n uint64) string {
	unit := 0
	for n != 0 && n%1024 == 0 && unit < len("KMGT") {
		n, unit = n/1024, unit+1
	}
	return strconv.FormatUint(n, 10) + "KMGT"[max(0, unit-1):unit]
}

// quoted writes a basic string of TOML.
func quoted(s string) (string, error) {
	if !utf8.ValidString(s) {
		return "", fmt.Errorf("%q is not UTF-8", s)
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\t':
			b.WriteString(`\t`)
		case c < ' ' || c >= 0x7f && c < 0xa0:
			fmt.Fprintf(&b, `\u%04X`, c)
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String(), nil
}

// stringKeys writes a table of strings.
func stringKeys(table map[string]string) (string, error) {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(table)) {
		key, err := quotedKey(name)
		if err != nil {
			return "", err
		}
		text, err := quoted(table[name])
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		lines = append(lines, key+" = "+text)
	}
	return strings.Join(lines, "\n"), nil
}

// quotedKey leaves a key bare where TOML allows it.
func quotedKey(key string) (string, error) {
	isOther := func(c rune) bool {
		return c != '-' && c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')
	}
	if key != "" && !strings.ContainsFunc(key, isOther) {
		return key, nil
	}
	return quoted(key)
}

// systemdSections writes the settings of each section that has some.
func systemdSections(s descriptor.Systemd) (map[string]string, error) {
	sections := map[string]string{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		var lines []string
		for _, setting := range v.Field(i).Interface().(descriptor.Settings) {
			text, err := value(reflect.ValueOf(setting.Values))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", setting.Key, err)
			}
			lines = append(lines, setting.Key+" = "+text)
		}
		if len(lines) > 0 {
			sections[v.Type().Field(i).Tag.Get("toml")] = strings.Join(lines, "\n")
		}
	}
	return sections, nil
}
