package tomlfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/report"
)

// recipe is a file of another kind than any of ours.
type recipe struct {
	Title string            `toml:"title"`
	Serve int               `toml:"serve"`
	Raw   bool              `toml:"raw"`
	Tags  []string          `toml:"tags"`
	Heat  heat              `toml:"heat"`
	Salt  grams             `toml:"salt"`
	Notes map[string]string `toml:"notes"`
	Oven  struct {
		Fan *bool `toml:"fan"`
	} `toml:"oven"`
	Step map[string]step `toml:"step"`
}

type step struct {
	Text string `toml:"text"`
}

type heat string

func (heat) Forms() []Form { return OneOf("low", "high") }

type grams uint64

var salt = Size{What: "a pile of salt", Least: 1 << 10}

func (g *grams) ReadValue(v Value) { *g = grams(salt.Read(v)) }

var recipes = Format{
	What: "a recipe", Writer: "the cook", Empty: "write a title",
	Forms: map[string]Form{
		"title": {Type: "string", MaxLength: 10, Says: "is no title", Hint: "be short"},
		"serve": {Type: "integer", Min: 1, Max: 12},
		"tags.*": {
			Type: "string", Pattern: NewPattern(`^[a-z]+$`), Says: "is no tag", Hint: "use a to z",
		},
		"notes": {
			Type: "object", Pattern: NewPattern(`^[a-z]+$`), Says: "is no name", Hint: "use a to z",
			Taken: map[string]string{"cook": "choose another name"},
		},
	},
}

func TestReadFillsWhatTheFileHas(t *testing.T) {
	r := recipe{Title: "soup", Serve: 4, Tags: []string{"warm"}}
	doc, ok := recipes.Read("r.toml", []byte(`
raw = true
tags = []
heat = "low"
salt = "2K"
notes.wine = "red"
[oven]
fan = false
[step.boil]
text = "boil it"
`), &r)
	if !ok || doc.Report().HasErrors() {
		t.Fatal(doc.Report().Entries())
	}
	no := false
	want := recipe{
		Title: "soup", Serve: 4, Raw: true, Tags: []string{}, Heat: "low", Salt: 2048,
		Notes: map[string]string{"wine": "red"}, Step: map[string]step{"boil": {"boil it"}},
	}
	want.Oven.Fan = &no
	if diff := cmp.Diff(want, r); diff != "" {
		t.Error(diff)
	}
}

// said has one line for each entry.
func said(r report.Report) string {
	var lines []string
	for _, e := range r.Entries() {
		lines = append(lines, strings.TrimRight(fmt.Sprintf("%d:%d %s: %s | %s", e.Line, e.Column, e.Key, e.Message, e.Hint), " |"))
	}
	return strings.Join(lines, "\n")
}

func TestMessagesUseTheWordsOfTheFormat(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":           {" \n", "0:0 : the file is empty | write a title"},
		"binary":          {"a\x00", "1:2 : the file holds binary data; a recipe is a text file | the cook writes one"},
		"large":           {strings.Repeat("#", MaxSize+1), "0:0 : the file is larger than 256 KiB; this is not a recipe"},
		"too many values": {"tags = [" + strings.Repeat("1,", 5000) + "]", "1:8197 : more than 4096 keys and values; this is not a recipe"},
		"no TOML":         {"title", "1:5 : cannot read it as TOML: expected '=' after key | write key = \"value\""},
	} {
		var r recipe
		doc, ok := recipes.Read("r.toml", []byte(c.text), &r)
		if got := said(doc.Report()); ok || got != c.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, ok, got, c.want)
		}
	}
}

func TestAnEmptyFileMayBeAllowed(t *testing.T) {
	var r recipe
	doc, ok := Format{What: "a recipe"}.Read("r.toml", nil, &r)
	if !ok || doc.Report().HasErrors() {
		t.Error(doc.Report().Entries())
	}
}

func TestEveryMistakeIsReported(t *testing.T) {
	for text, want := range map[string]string{
		"titel = 'x'":                    "1:1 titel: unknown key `titel` at the top | did you mean `title`?",
		"fan = true":                     "1:1 fan: unknown key `fan` at the top | `fan` belongs in [oven]",
		"text = 'x'":                     "1:1 text: unknown key `text` at the top | `text` belongs in [step.NAME]",
		"oven.serve = 3":                 "1:6 oven.serve: unknown key `serve` in [oven] | `serve` belongs at the top, before the first [table]",
		"colour = 3":                     "1:1 colour: unknown key `colour` at the top | known keys: heat, notes, oven, raw, salt, serve, step, tags, title",
		"title = 5":                      "1:9 title: `title`: expected a string, got the number 5 | put it in quotes: \"5\"",
		"title = 'a long title'":         "1:9 title: `title`: \"a long title\" is no title | be short",
		"serve = '3'":                    "1:9 serve: `serve`: expected a whole number, got the string \"3\" | write it without quotes",
		"serve = 13":                     "1:9 serve: `serve`: 13 is not between 1 and 12",
		"raw = 1":                        "1:7 raw: `raw`: expected true or false, got the number 1",
		"tags = 'a'":                     "1:8 tags: `tags`: expected a list, got the string \"a\" | write it in brackets: [\"a\"]",
		"tags = ['a', 'B', 'C']":         "1:14 tags[1]: `tags[1]`: \"B\" is no tag | use a to z\n1:19 tags[2]: `tags[2]`: \"C\" is no tag | use a to z",
		"heat = 'mild'":                  "1:8 heat: `heat`: \"mild\" is not known | write one of: low, high",
		"salt = true":                    "1:8 salt: `salt`: expected a pile of salt, got true | " + sizeHint,
		"salt = 'x'":                     "1:8 salt: `salt`: \"x\" is not a pile of salt | " + sizeHint,
		"salt = 1023":                    "1:8 salt: `salt`: 1023 is less than 1K | " + sizeHint,
		"salt = '9999999T'":              "1:8 salt: `salt`: \"9999999T\" is more than any machine has | " + sizeHint,
		"notes = 5":                      "1:9 notes: `notes`: expected a table, got the number 5 | write [notes] and its keys below it",
		"[[notes]]":                      "1:3 notes: `notes`: expected a table, got a list of tables | write [notes], with single brackets",
		"notes.A = ''\nnotes.cook = ''":  "1:7 notes.A: \"A\" is no name | use a to z\n2:7 notes.cook: `cook` is used by ecounit itself | choose another name",
		"step.a = 5":                     "1:10 step.a: `step.a`: expected a table, got the number 5 | write [step.NAME] and its keys below it",
		"[[step]]":                       "1:3 step: `step`: expected a table, got a list of tables | write [step.NAME] and its keys below it",
		"[step]\ntext = 'x'":             "1:2 step: [step] needs a name | write [step.NAME] and its keys below it",
		"raw = true\nraw = 1\nserve = 0": "2:1 raw: `raw` is given twice | keep one of them; the first is in line 1\n3:9 serve: `serve`: 0 is not between 1 and 12",
	} {
		var r recipe
		doc, ok := recipes.Read("r.toml", []byte(text), &r)
		if diff := cmp.Diff(want, said(doc.Report())); !ok || diff != "" {
			t.Errorf("%s: %v %s", text, ok, diff)
		}
	}
}
