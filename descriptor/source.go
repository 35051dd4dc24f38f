package descriptor

import (
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2/unstable"

	"ecounit/report"
)

// source knows where each key and value stands. Keys are dotted paths with
// indexes, as in process.worker.command[0].
type source struct {
	keys   map[string]report.Range
	values map[string]report.Range
}

// has reports whether the key stands in the file itself; value also answers
// for keys that do not.
func (s *source) has(path string) bool {
	_, ok := s.keys[path]
	return ok
}

func (s *source) key(path string) report.Range   { return nearest(s.keys, path) }
func (s *source) value(path string) report.Range { return nearest(s.values, path) }

func nearest(places map[string]report.Range, path string) report.Range {
	for path != "" {
		if r, ok := places[path]; ok {
			return r
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return report.Range{}
}

// locate walks the syntax tree. It is called with text that the TOML library
// has accepted, so an error of the parser cannot occur.
func locate(text []byte) *source {
	w := &walker{text: text, lines: newLineIndex(text), source: &source{
		keys: map[string]report.Range{}, values: map[string]report.Range{},
	}}
	w.parser.Reset(text)
	table := ""
	for w.parser.NextExpression() {
		node := w.parser.Expression()
		switch node.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = w.addKeys("", node.Key())
		case unstable.KeyValue:
			w.keyValue(table, node)
		}
	}
	return w.source
}

type walker struct {
	parser unstable.Parser
	text   []byte
	lines  lineIndex
	source *source
}

func (w *walker) keyValue(table string, node *unstable.Node) {
	path := w.addKeys(table, node.Key())
	w.value(path, node.Value())
}

func (w *walker) value(path string, node *unstable.Node) {
	switch node.Kind {
	case unstable.InlineTable:
		for it := node.Children(); it.Next(); {
			w.keyValue(path, it.Node())
		}
		return
	case unstable.Array:
		index := 0
		for it := node.Children(); it.Next(); index++ {
			w.value(indexed(path, index), it.Node())
		}
		return
	}
	raw := node.Raw
	if raw.Length == 0 && len(node.Data) > 0 {
		raw = w.parser.Range(node.Data) // true, false and dates carry no Raw
	}
	if raw.Length > 0 {
		w.source.values[path] = w.lines.place(w.text, raw)
	}
}

// addKeys records each part of a dotted key, and its place as the place of the
// value too, until the value's own is known.
func (w *walker) addKeys(prefix string, keys unstable.Iterator) string {
	for keys.Next() {
		node := keys.Node()
		prefix = joined(prefix, string(node.Data))
		place := w.lines.place(w.text, node.Raw)
		if _, seen := w.source.keys[prefix]; !seen {
			w.source.keys[prefix], w.source.values[prefix] = place, place
		}
	}
	return prefix
}

// lineIndex holds the offset of each line's first byte.
type lineIndex []int

func newLineIndex(text []byte) lineIndex {
	index := lineIndex{0}
	for i, c := range text {
		if c == '\n' {
			index = append(index, i+1)
		}
	}
	return index
}

func (l lineIndex) place(text []byte, raw unstable.Range) report.Range {
	start, end := int(raw.Offset), int(raw.Offset+raw.Length)
	low, high := 0, len(l)
	for high-low > 1 {
		if middle := (low + high) / 2; l[middle] <= start {
			low = middle
		} else {
			high = middle
		}
	}
	return report.Range{
		Line:   low + 1,
		Column: utf8.RuneCount(text[l[low]:start]) + 1,
		Length: utf8.RuneCount(text[start:end]),
	}
}
