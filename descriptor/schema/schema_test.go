package schema

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const committed = "ecounit.schema.json"

var update = flag.Bool("update", false, "write "+committed+" anew")

func TestTheCommittedFileIsCurrent(t *testing.T) {
	got := JSON()
	if *update {
		if err := os.WriteFile(committed, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(committed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("run go test ./descriptor/schema -update: %s", diff)
	}
}

func TestTheSchemaIsDeterministic(t *testing.T) {
	first := JSON()
	for range 20 {
		if !bytes.Equal(first, JSON()) {
			t.Fatal("two different schemas")
		}
	}
}

func load(t testing.TB) map[string]any {
	t.Helper()
	var schema map[string]any
	if err := json.Unmarshal(JSON(), &schema); err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestTheHead(t *testing.T) {
	schema := load(t)
	for key, want := range map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": ID, "title": "ecounit.toml",
		"type": "object", "additionalProperties": false,
	} {
		if schema[key] != want {
			t.Errorf("%s: %v, want %v", key, schema[key], want)
		}
	}
}

// TestEveryPropertyIsDescribedAndClosed: an editor shows the description of
// each key, and marks unknown ones.
func TestEveryPropertyIsDescribedAndClosed(t *testing.T) {
	var visit func(path string, schema map[string]any)
	visit = func(path string, schema map[string]any) {
		properties, isStruct := schema["properties"].(map[string]any)
		if isStruct && schema["additionalProperties"] != false {
			t.Errorf("%s is open", path)
		}
		for name, p := range properties {
			property := p.(map[string]any)
			if text, _ := property["description"].(string); !strings.HasSuffix(text, ".") {
				t.Errorf("%s.%s: description %q", path, name, text)
			}
			visit(path+"."+name, property)
		}
		if inner, ok := schema["additionalProperties"].(map[string]any); ok {
			visit(path+".*", inner)
		}
	}
	visit("", load(t))
}
