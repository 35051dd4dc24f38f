package schema

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"ecounit/descriptor"
	"ecounit/report"
)

// unsayable are parts of the messages about what a JSON Schema cannot say.
var unsayable = []string{
	"is longer than a day", "is not longer than zero", // sums of parts
	"is less than 1M", "is less than 1K", "is more than any machine has", "is more than 1T", // amounts with a unit
	"is not a number of whole seconds",
	"is not an address or a network", "is every address", "is an address within", "in the form of IPv6", // numbers within an address
	"is shorter than",                                                             // two values compared
	"is shell syntax", "is not closed", "ends in a backslash", "command is empty", // words of a command line
	"is a file, not a module",   // what a pattern can only say with a look ahead
	"cannot end in a backslash", // an odd number of them
	"is not a schedule: ",       // cron's rules are no pattern
	"is for jobs that run at their times", "ends in a time zone already", "there is a process and a job with the name",
}

// corpus are the inputs of the goldens that are TOML.
func corpus(t *testing.T) map[string]map[string]any {
	t.Helper()
	names, err := filepath.Glob("../testdata/*/*.toml")
	if err != nil || len(names) < 40 {
		t.Fatal(names, err)
	}
	all := map[string]map[string]any{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var tree map[string]any
		if toml.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &tree) == nil {
			all[name] = tree
		}
	}
	return all
}

// asJSON converts what the TOML library made. Dates and infinite numbers are
// no JSON and become null, which no rule allows.
func asJSON(t *testing.T, value any) any {
	t.Helper()
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for key, field := range value {
			object[key] = asJSON(t, field)
		}
		return object
	case []any:
		array := []any{}
		for _, item := range value {
			array = append(array, asJSON(t, item))
		}
		return array
	case float64:
		if math.IsInf(value, 0) || math.IsNaN(value) {
			return nil
		}
	case string, bool, int64:
	default:
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var scalar any
	if err := decoder.Decode(&scalar); err != nil {
		t.Fatal(err)
	}
	return scalar
}

// agree compares the two judgements about one descriptor.
func agree(t *testing.T, schema map[string]any, tree map[string]any) {
	t.Helper()
	text, err := toml.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	_, r := descriptor.Parse(descriptor.FileName, text)
	valid := validate(t, schema, asJSON(t, tree))
	if valid && r.HasErrors() && !isUnsayable(r) {
		t.Errorf("the schema allows it, Parse says %q\n%s", r.Entries()[0].Message, text)
	}
	if !valid && !r.HasErrors() {
		t.Errorf("Parse allows it, the schema does not:\n%s", text)
	}
}

// isUnsayable reports whether nothing is wrong that the schema should find.
func isUnsayable(r report.Report) bool {
	for _, e := range r.Entries() {
		found := false
		for _, part := range unsayable {
			found = found || strings.Contains(e.Message, part)
		}
		if !found {
			return false
		}
	}
	return true
}

func TestSchemaAndParseAgreeAboutFiles(t *testing.T) {
	schema := load(t)
	for name, tree := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) { agree(t, schema, tree) })
	}
}

// TestSchemaAndParseAgreeAboutEachValue puts each value of the corpus alone
// into a good descriptor: a file with ten mistakes hides nine of them.
func TestSchemaAndParseAgreeAboutEachValue(t *testing.T) {
	schema := load(t)
	cases := 0
	for name, tree := range corpus(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			eachValue(nil, tree, func(path []string, value any) {
				good := map[string]any{"name": "a", "web": map[string]any{"wsgi": "a"}}
				if strings.Join(path, ".") == "web.asgi" || strings.Join(path, ".") == "web.command" {
					good["web"] = map[string]any{}
				}
				if len(path) == 3 && path[0] == "process" && path[2] != "command" {
					put(good, []string{"process", path[1], "command"}, "a")
				}
				if len(path) == 3 && path[0] == "job" {
					put(good, []string{"job", path[1], "command"}, "a")
					put(good, []string{"job", path[1], "schedule"}, "@daily")
				}
				put(good, path, value)
				cases++
				agree(t, schema, good)
			})
		})
	}
	if cases < 200 {
		t.Errorf("only %d values", cases)
	}
}

// eachValue visits all values, tables and lists too.
func eachValue(path []string, value any, visit func(path []string, value any)) {
	table, isTable := value.(map[string]any)
	if len(path) > 0 {
		visit(path, value)
	}
	if isTable {
		for key, field := range table {
			eachValue(append(path[:len(path):len(path)], key), field, visit)
		}
	}
}

func put(table map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		next, ok := table[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			table[key] = next
		}
		table = next
	}
	table[path[len(path)-1]] = value
}
