package man

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ecounit/descriptor"
	"ecounit/plan"
)

// key is a key of the descriptor.
type key struct {
	path        string // process.NAME.command
	description string
	forms       []descriptor.Form
}

// keysOf lists the keys of a table, as the tags of the type have them.
func keysOf(prefix string, of reflect.Type) []key {
	var keys []key
	for i := range of.NumField() {
		field := of.Field(i)
		name := field.Tag.Get("toml")
		if name == "" {
			continue
		}
		at, value := prefix+name, field.Type
		if value.Kind() == reflect.Pointer {
			value = value.Elem()
		}
		forms := descriptor.FormsOfType(value)
		switch {
		case value.Kind() == reflect.Map && value.Elem().Kind() == reflect.Struct:
			keys = append(keys, keysOf(at+".NAME.", value.Elem())...)
		case value.Kind() == reflect.Struct && len(forms) == 0:
			keys = append(keys, keysOf(at+".", value)...)
		default:
			forms = append(forms, descriptor.FormsOf(strings.Replace(at, "NAME", "*", 1))...)
			keys = append(keys, key{at, field.Tag.Get("jsonschema_description"), forms})
		}
	}
	return keys
}

var (
	keyItem     = regexp.MustCompile(`^\.It Ic (\S+) No =`)
	tableHeader = regexp.MustCompile(`^\.Ss \[([a-zA-Z._]+)\](, .*)?$`)
)

// explained maps each key of a page to the text about it, without macros.
func explained(t *testing.T, name string) map[string]string {
	all, table, key := map[string]string{}, "", ""
	for _, line := range section(page(t, name), "KEYS") {
		if m := tableHeader.FindStringSubmatch(line); m != nil {
			switch table, key = m[1]+".", ""; {
			case m[1] == "env" || m[1] == "names":
				table = "" // its keys are the user's own
			case m[2] != "": // [systemd.unit], [systemd.service] …
				table, _, _ = strings.Cut(m[1], ".")
				table += "."
			}
		}
		if m := keyItem.FindStringSubmatch(line); m != nil {
			key = table + m[1]
			all[key] = ""
		}
		all[key] += " " + plain(line)
	}
	delete(all, "")
	return all
}

var (
	macro       = regexp.MustCompile(`(^\.| )[A-Z][a-z]\b`)
	punctuation = regexp.MustCompile(` +([.,;])`)
)

func plain(line string) string {
	if strings.HasPrefix(line, ".") {
		line = punctuation.ReplaceAllString(strings.TrimSpace(macro.ReplaceAllString(line, "")), "$1")
	}
	return unescape.Replace(line)
}

func TestEveryKey(t *testing.T) {
	got := explained(t, descriptorPage)
	keys := keysOf("", reflect.TypeFor[descriptor.Descriptor]())
	if len(keys) < 20 {
		t.Fatalf("only %d keys were found in the type", len(keys))
	}
	for _, key := range keys {
		text, ok := got[key.path]
		delete(got, key.path)
		if !ok {
			t.Errorf("%s does not explain %s", descriptorPage, key.path)
			continue
		}
		for _, fact := range factsOf(key) {
			if !regexp.MustCompile(`(^|\W)` + regexp.QuoteMeta(fact) + `(\W|$)`).MatchString(text) {
				t.Errorf("%s: %s: %q is missing", descriptorPage, key.path, fact)
			}
		}
	}
	for path := range got {
		t.Errorf("%s explains %s, which is not there", descriptorPage, path)
	}
}

var (
	defaultValue = regexp.MustCompile(`Default: (.*)\.$`)
	timeSpan     = reflect.TypeFor[descriptor.Duration]()
)

// factsOf are the words that the text about a key has to have: its default as
// the type says it, the words and numbers that may be written, and the
// settings that may not.
func factsOf(k key) []string {
	var facts []string
	if m := defaultValue.FindStringSubmatch(k.description); m != nil {
		facts = append(facts, "Default: "+m[1])
	}
	if reflect.DeepEqual(k.forms, descriptor.FormsOfType(timeSpan)) {
		return facts // the section VALUES is about all of them
	}
	for _, form := range k.forms {
		for _, word := range form.Words {
			facts = append(facts, strconv.Quote(word))
		}
		if form.Type == "integer" && form.Max > 0 {
			facts = append(facts, fmt.Sprint(form.Min), fmt.Sprint(form.Max))
		}
		if form.MaxLength > 0 {
			facts = append(facts, fmt.Sprint(form.MaxLength))
		}
		facts = append(facts, form.TakenKeys()...)
	}
	return facts
}

// TestPlaceholders compares with what the planner knows, as its own hint lists it.
func TestPlaceholders(t *testing.T) {
	d, mistakes := descriptor.Parse("ecounit.toml", []byte("name = \"x\"\n[web]\ncommand = \"x ${zzzzzzzz}\"\n"))
	if mistakes.HasErrors() {
		t.Fatal(mistakes.Entries())
	}
	_, problems := plan.Build(d, plan.Facts{User: plan.User{Name: "alice"}, Port: plan.Port{Number: 10000}})
	placeholder := regexp.MustCompile(`\$\{[A-Z_]+\}`)
	var want, got []string
	for _, e := range problems.Entries() {
		if strings.Contains(e.Hint, "known are") {
			want = placeholder.FindAllString(e.Hint, -1)
		}
	}
	for _, line := range section(page(t, descriptorPage), "PLACEHOLDERS") {
		if m := placeholder.FindString(line); m != "" && strings.HasPrefix(line, ".It Ic ") {
			got = append(got, m)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if len(want) == 0 || !slices.Equal(want, got) {
		t.Errorf("the planner knows %s, %s has %s", want, descriptorPage, got)
	}
}
