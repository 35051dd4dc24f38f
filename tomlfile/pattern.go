package tomlfile

import (
	"regexp"

	"ecounit/lazy"
)

// Pattern is a regular expression that is compiled when it is first used: a
// program that knows a hundred keys reads a handful of them, and its start
// should not wait for the rest.
type Pattern struct {
	text    string
	compile func() *regexp.Regexp
}

// NewPattern returns the pattern. A mistake in it panics at the first use.
func NewPattern(text string) *Pattern {
	return &Pattern{text, lazy.Regexp(text)}
}

// String returns the expression as it was written.
func (p *Pattern) String() string { return p.text }

// Regexp returns the compiled expression.
func (p *Pattern) Regexp() *regexp.Regexp { return p.compile() }

// MatchString reports whether s contains a match.
func (p *Pattern) MatchString(s string) bool { return p.compile().MatchString(s) }
