package apache

import (
	"regexp/syntax"
	"strings"

	"ecounit/lazy"
)

// maxBeginnings ends the search in an expression with very many alternatives.
const maxBeginnings = 256

// plainBeginning is for expressions that Go's syntax does not have, such as
// those that look ahead.
var plainBeginning = lazy.Regexp(`^\^?(\\?/(?:[A-Za-z0-9_]|\\?[.~-])+)`)

// beginnings gives texts that every match of a regular expression of httpd's
// begins with one of.
func beginnings(expression string) []string {
	re, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		if m := plainBeginning().FindStringSubmatch(expression); m != nil {
			return []string{strings.ReplaceAll(m[1], `\`, "")}
		}
		return nil
	}
	texts, _ := begin(re)
	return texts
}

// begin also says whether the texts are whole matches, which what follows in
// the expression continues.
func begin(re *syntax.Regexp) (texts []string, whole bool) {
	switch re.Op {
	case syntax.OpLiteral:
		text := string(re.Rune)
		if re.Flags&syntax.FoldCase != 0 {
			text = strings.ToLower(text)
		}
		return []string{text}, true
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpBeginText, syntax.OpEndLine, syntax.OpEndText, syntax.OpWordBoundary:
		return []string{""}, true
	case syntax.OpCharClass:
		return beginClass(re)
	case syntax.OpCapture:
		return begin(re.Sub[0])
	case syntax.OpConcat:
		return beginConcat(re)
	case syntax.OpAlternate:
		whole = true
		for _, sub := range re.Sub {
			more, all := begin(sub)
			texts, whole = append(texts, more...), whole && all
		}
		return limited(texts, whole)
	case syntax.OpQuest, syntax.OpStar:
		texts, whole = begin(re.Sub[0])
		return limited(append(texts, ""), whole && re.Op == syntax.OpQuest)
	case syntax.OpPlus:
		texts, _ = begin(re.Sub[0])
		return texts, false
	}
	return []string{""}, false
}

// beginClass spells out small classes: [Ww].
func beginClass(re *syntax.Regexp) (texts []string, whole bool) {
	for i := 0; i+1 < len(re.Rune); i += 2 {
		if re.Rune[i+1]-re.Rune[i] > 8 || len(texts) > 8 {
			return []string{""}, false
		}
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			texts = append(texts, string(r))
		}
	}
	return texts, true
}

func beginConcat(re *syntax.Regexp) (texts []string, whole bool) {
	texts, whole = []string{""}, true
	for _, sub := range re.Sub {
		if !whole {
			break
		}
		var more, joined []string
		more, whole = begin(sub)
		if len(texts)*len(more) > maxBeginnings {
			return texts, false
		}
		for _, t := range texts {
			for _, m := range more {
				joined = append(joined, t+m)
			}
		}
		texts = joined
	}
	return texts, whole
}

func limited(texts []string, whole bool) ([]string, bool) {
	if len(texts) > maxBeginnings {
		return []string{""}, false
	}
	return texts, whole
}
