package tomlfile

import (
	"bytes"
	"testing"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// FuzzRead: places are inside the file, and what has no mistake is TOML.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"title = 'a'\nserve = 2\n[oven]\nfan = true\n[step.a]\ntext = '''b'''\n", "tags = ['a',\n 'B']", "[[step]]\n[step.a]", "notes = {a = 1, a = 2}",
		"salt = '1M'\nheat = \"low", "a.b.\"c d\" = 1979-05-27", "\ufefftitle = 'é'\r\n", "x = [[[", "\xff\xfe",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var r recipe
		doc, ok := recipes.Read("r.toml", text, &r)
		lines := bytes.Split(bytes.TrimPrefix(text, []byte("\ufeff")), []byte("\n"))
		for _, e := range doc.Report().Entries() {
			if e.Message == "" || e.File != "r.toml" {
				t.Errorf("incomplete: %+v", e)
			}
			if e.Line == 0 && e.Column == 0 {
				continue
			}
			if e.Line < 1 || e.Line > len(lines) || e.Column < 1 || e.Column > utf8.RuneCount(lines[e.Line-1])+1 {
				t.Errorf("outside of the file: %+v", e)
			}
			if ok && e.Key != "" {
				doc.Has(e.Key)
			}
		}
		if doc.Report().HasErrors() {
			return
		}
		var tree map[string]any
		if err := toml.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &tree); err != nil {
			t.Errorf("accepted, but not TOML: %v", err)
		}
		for key := range tree {
			if !doc.Has(Join("", key)) {
				t.Errorf("%q is lost", key)
			}
		}
	})
}
