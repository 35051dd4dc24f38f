package tomlfile

import (
	"bytes"
	"unicode/utf8"

	"ecounit/report"
)

// places turns byte offsets into lines and columns. Asked in rising order, as
// a reader does, it looks at each byte once, however long the lines are.
type places struct {
	text   []byte
	offset int // where the last answer began
	line   int // of offset, from 0
	column int // of offset, from 0, in characters
}

func newPlaces(text []byte) *places { return &places{text: text} }

// at is the place of the bytes from start to end.
func (p *places) at(start, end int) report.Range {
	if start < p.offset {
		*p = places{text: p.text}
	}
	skipped := p.text[p.offset:start]
	if i := bytes.LastIndexByte(skipped, '\n'); i >= 0 {
		p.line += bytes.Count(skipped, []byte("\n"))
		p.column, skipped = 0, skipped[i+1:]
	}
	p.column += utf8.RuneCount(skipped)
	p.offset = start
	return report.Range{Line: p.line + 1, Column: p.column + 1, Length: utf8.RuneCount(p.text[start:end])}
}
