package schema

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"testing"
	"unicode/utf8"
)

// validate reports whether a JSON value has the schema. It knows the keywords
// that are used, and fails the test for any other.
func validate(t testing.TB, schema, value any) bool {
	t.Helper()
	if allowed, ok := schema.(bool); ok {
		return allowed
	}
	rules := schema.(map[string]any)
	each := func(list any) (matches int) {
		for _, s := range list.([]any) {
			if validate(t, s, value) {
				matches++
			}
		}
		return matches
	}
	for keyword, rule := range rules {
		ok := true
		switch keyword {
		case "$schema", "$id", "title", "description":
		case "type":
			ok = typeOf(value) == rule || rule == "number" && typeOf(value) == "integer"
		case "enum":
			ok = slices.ContainsFunc(rule.([]any), func(v any) bool { return v == value })
		case "anyOf":
			ok = each(rule) > 0
		case "oneOf":
			ok = each(rule) == 1
		case "not":
			ok = !validate(t, rule, value)
		default:
			switch value := value.(type) {
			case string:
				ok = validString(keyword, rule, value)
			case json.Number:
				ok = validNumber(keyword, rule, value)
			case []any:
				ok = validArray(t, keyword, rule, value)
			case map[string]any:
				ok = validObject(t, keyword, rule, value, rules)
			}
			if !slices.Contains(keywords, keyword) {
				t.Fatalf("the validator does not know %q", keyword)
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

var keywords = []string{
	"pattern", "maxLength", "minimum", "maximum", "items", "minItems", "maxItems",
	"properties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties",
}

func typeOf(value any) string {
	switch value := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if f, err := value.Float64(); err == nil && f == math.Trunc(f) {
			return "integer"
		}
		return "number"
	}
	return fmt.Sprintf("%T", value)
}

func validString(keyword string, rule any, value string) bool {
	switch keyword {
	case "pattern":
		return regexp.MustCompile(rule.(string)).MatchString(value)
	case "maxLength":
		return float64(utf8.RuneCountInString(value)) <= rule.(float64)
	}
	return true
}

func validNumber(keyword string, rule any, value json.Number) bool {
	f, err := value.Float64()
	switch keyword {
	case "minimum":
		return err == nil && f >= rule.(float64)
	case "maximum":
		return err == nil && f <= rule.(float64)
	}
	return true
}

func validArray(t testing.TB, keyword string, rule any, value []any) bool {
	t.Helper()
	switch keyword {
	case "items":
		return !slices.ContainsFunc(value, func(item any) bool { return !validate(t, rule, item) })
	case "minItems":
		return float64(len(value)) >= rule.(float64)
	case "maxItems":
		return float64(len(value)) <= rule.(float64)
	}
	return true
}

func validObject(t testing.TB, keyword string, rule any, value map[string]any, rules map[string]any) bool {
	t.Helper()
	properties, _ := rules["properties"].(map[string]any)
	switch keyword {
	case "minProperties":
		return float64(len(value)) >= rule.(float64)
	case "maxProperties":
		return float64(len(value)) <= rule.(float64)
	case "required":
		for _, name := range rule.([]any) {
			if _, there := value[name.(string)]; !there {
				return false
			}
		}
		return true
	}
	for name, field := range value {
		property, known := properties[name]
		switch {
		case keyword == "properties" && known && !validate(t, property, field),
			keyword == "additionalProperties" && !known && !validate(t, rule, field),
			keyword == "propertyNames" && !validate(t, rule, name):
			return false
		}
	}
	return true
}
