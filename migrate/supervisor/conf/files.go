package conf

import (
	"path"
	"slices"
	"strings"
)

// Files are what may be looked at.
type Files struct {
	Read  func(path string) ([]byte, error)
	Names func(folder string) []string // of the entries of a folder; none if it cannot be read
}

// glob finds the files of a pattern in order, as Python's glob does: * and ?
// do not match a dot at the beginning, and [!a] is all but a.
func (f Files) glob(pattern string) []string {
	folders := []string{"/"}
	for part := range strings.SplitSeq(strings.Trim(path.Clean(pattern), "/"), "/") {
		var found []string
		for _, folder := range folders {
			for _, name := range f.Names(folder) {
				if name == part || isPattern(part) && (name[0] != '.' || part[0] == '.') && matches(part, name) {
					found = append(found, path.Join(folder, name))
				}
			}
		}
		folders = found
	}
	slices.Sort(folders)
	return folders
}

func isPattern(s string) bool { return strings.ContainsAny(s, "*?[") }

// matches is Python's fnmatch. A [ that is not closed stands for itself.
func matches(pattern, name string) bool {
	for pattern != "" {
		switch c := pattern[0]; c {
		case '*':
			for i := range len(name) + 1 {
				if matches(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		case '?':
			if name == "" {
				return false
			}
			pattern, name = pattern[1:], name[runeLength(name):]
		case '[':
			set, rest, closed := cutSet(pattern)
			if !closed {
				if name == "" || name[0] != c {
					return false
				}
				pattern, name = pattern[1:], name[1:]
				continue
			}
			if name == "" || !inSet(set, firstRune(name)) {
				return false
			}
			pattern, name = rest, name[runeLength(name):]
		default:
			if name == "" || name[0] != c {
				return false
			}
			pattern, name = pattern[1:], name[1:]
		}
	}
	return name == ""
}

// cutSet splits a pattern behind the set that it begins with. A ] at the
// beginning of a set belongs to it.
func cutSet(pattern string) (set, rest string, closed bool) {
	start := 1
	if strings.HasPrefix(pattern[start:], "!") {
		start++
	}
	if strings.HasPrefix(pattern[start:], "]") {
		start++
	}
	end := strings.IndexByte(pattern[start:], ']')
	if end < 0 {
		return "", "", false
	}
	return pattern[1 : start+end], pattern[start+end+1:], true
}

func inSet(set string, c rune) bool {
	members, isNegative := strings.CutPrefix(set, "!")
	runes := []rune(members)
	for i := 0; i < len(runes); i++ {
		low, high := runes[i], runes[i]
		if i+2 < len(runes) && runes[i+1] == '-' {
			high = runes[i+2]
			i += 2
		}
		if low <= c && c <= high {
			return !isNegative
		}
	}
	return isNegative
}

func firstRune(s string) rune {
	for _, c := range s {
		return c
	}
	return 0
}

func runeLength(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}
