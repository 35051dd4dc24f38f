// Package schema makes the JSON Schema of ecounit.toml for editors. It is
// pure: types, descriptions and rules all come from package descriptor.
package schema

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/invopop/jsonschema"

	"ecounit/descriptor"
)

// ID names the schema. It is no address: nothing is to be fetched.
const ID = "urn:ecounit:descriptor"

// JSON returns the schema (draft 2020-12). What it cannot say, as that a delay
// is shorter than another, only descriptor.Parse checks.
func JSON() []byte {
	reflector := jsonschema.Reflector{
		Anonymous: true, DoNotReference: true, ExpandedStruct: true,
		FieldNameTag: "toml", RequiredFromJSONSchemaTags: true, Mapper: ofType,
	}
	root := reflector.ReflectFromType(reflect.TypeFor[descriptor.Descriptor]())
	root.ID, root.Title = ID, "ecounit.toml"
	root.Description = "An app for ecounit: what runs, and what is published."
	addRules("", root)
	combine(root)
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic("schema: " + err.Error()) // it holds strings, numbers and lists
	}
	return append(ascii(text), '\n')
}

// ofType maps the descriptor's own types.
func ofType(t reflect.Type) *jsonschema.Schema {
	if forms := descriptor.FormsOfType(t); len(forms) > 0 {
		return anyOf(forms)
	}
	return nil
}

func anyOf(forms []descriptor.Form) *jsonschema.Schema {
	if len(forms) == 1 {
		s := &jsonschema.Schema{}
		apply(forms[0], s)
		return s
	}
	all := &jsonschema.Schema{}
	for _, f := range forms {
		all.AnyOf = append(all.AnyOf, anyOf([]descriptor.Form{f}))
	}
	return all
}

// apply adds the rules of a form to a schema.
func apply(f descriptor.Form, s *jsonschema.Schema) {
	s.Type = f.Type
	for _, word := range f.Words {
		s.Enum = append(s.Enum, word)
	}
	switch f.Type {
	case "object":
		s.PropertyNames = &jsonschema.Schema{Pattern: f.Pattern.String()}
		if taken := f.TakenKeys(); len(taken) > 0 {
			s.PropertyNames.Not = &jsonschema.Schema{}
			for _, key := range taken {
				s.PropertyNames.Not.Enum = append(s.PropertyNames.Not.Enum, key)
			}
		}
		if len(f.Items) > 0 {
			s.AdditionalProperties = anyOf(f.Items)
		}
	case "array":
		s.Items = anyOf(f.Items)
		s.MinItems, s.MaxItems = positive(f.Min), positive(f.Max)
	case "integer":
		s.Minimum, s.Maximum = number(f.Min), number(f.Max)
	case "string":
		if f.Pattern != nil {
			s.Pattern = f.Pattern.String()
		}
		s.MaxLength = positive(int64(f.MaxLength))
	}
}

func number(n int64) json.Number {
	if n == 0 {
		return ""
	}
	return json.Number(strconv.FormatInt(n, 10))
}

func positive(n int64) *uint64 {
	if n <= 0 {
		return nil
	}
	u := uint64(n)
	return &u
}

// addRules goes through the schema and adds the rules that belong to a key and
// not to a type.
func addRules(rule string, s *jsonschema.Schema) {
	for _, f := range descriptor.FormsOf(rule) {
		apply(f, s)
	}
	if s.Properties != nil {
		for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
			addRules(strings.TrimPrefix(rule+"."+pair.Key, "."), pair.Value)
		}
	}
	for _, inner := range []*jsonschema.Schema{s.AdditionalProperties, s.Items} {
		if inner != nil {
			addRules(rule+".*", inner)
		}
	}
}

// combine adds the rules about several keys: package descriptor has them in
// code.
func combine(root *jsonschema.Schema) {
	one := uint64(1)
	root.AnyOf = []*jsonschema.Schema{needs("web"), needs("process")}
	root.AnyOf[1].Properties = jsonschema.NewProperties()
	root.AnyOf[1].Properties.Set("process", &jsonschema.Schema{MinProperties: &one})

	property(root, "python").MaxProperties = &one

	property(root, "on_failure").AnyOf = []*jsonschema.Schema{needs("command"), needs("mail")}

	watch, most := property(root, "watch"), uint64(descriptor.MaxWatched)
	property(watch, "paths").MaxItems = &most
	watch.AnyOf = []*jsonschema.Schema{needs("paths"), needs("git")}
	watch.AnyOf[1].Properties = jsonschema.NewProperties()
	watch.AnyOf[1].Properties.Set("git", &jsonschema.Schema{Enum: []any{true}})

	web := property(root, "web")
	web.OneOf = []*jsonschema.Schema{needs("wsgi"), needs("asgi"), needs("command")}
	web.OneOf[2].Not = needs("workers")
}

func needs(key string) *jsonschema.Schema { return &jsonschema.Schema{Required: []string{key}} }

func property(s *jsonschema.Schema, key string) *jsonschema.Schema {
	p, ok := s.Properties.Get(key)
	if !ok {
		panic("schema: the descriptor has no " + key)
	}
	return p
}

// ascii escapes what is not ASCII: the patterns hold characters that reorder a
// line on the screen.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range string(text) {
		switch {
		case c < 0x80:
			out = append(out, byte(c))
		case c < 0x10000:
			out = fmt.Appendf(out, `\u%04x`, c)
		default:
			panic("schema: a character outside of the basic plane")
		}
	}
	return out
}
