package apache

import (
	"maps"
	"slices"
	"strings"

	"ecounit/lazy"
)

// A claim is how a directive takes a part of the server's paths for itself.
type claim struct {
	regex bool // the path is a regular expression
	args  int  // the least number of arguments; with fewer, inside a Location, the path is the Location's
}

// claims are the directives that do, in lower case. A <Location> is among them:
// what it holds may be meant for that path alone.
var claims = map[string]claim{
	"alias":                {args: 2},
	"aliasmatch":           {args: 2, regex: true},
	"jkmount":              {args: 2},
	"proxypass":            {args: 2},
	"proxypassmatch":       {args: 2, regex: true},
	"redirect":             {args: 2},
	"redirectmatch":        {args: 2, regex: true},
	"redirectpermanent":    {args: 2},
	"redirecttemp":         {args: 2},
	"rewriterule":          {args: 2, regex: true},
	"scriptalias":          {args: 2},
	"scriptaliasmatch":     {args: 2, regex: true},
	"wsgiscriptalias":      {args: 2},
	"wsgiscriptaliasmatch": {args: 2, regex: true},
	"<location":            {args: 1},
	"<locationmatch":       {args: 1, regex: true},
}

// Claims lists the first segments of the paths that a configuration file of the
// administrator's uses, "/wiki" for "/wiki/static", sorted. An app there would
// take them over, or never be reached. Of a regular expression it is what every
// match begins with. What claims everything, such as <Location "/">, is left
// out, and so is what is put together from variables or included from elsewhere.
func Claims(text []byte) []string {
	found := map[string]bool{}
	for line := range directives(string(text)) {
		words := splitWords(line)
		name := strings.ToLower(words[0])
		c, known := claims[name]
		if !known {
			continue
		}
		for _, path := range c.paths(name, words[1:]) {
			if segment := claimed(path); segment != "" {
				found[segment] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func (c claim) paths(name string, args []string) []string {
	if name == "<location" && len(args) > 1 && args[0] == "~" {
		c.regex, args = true, args[1:]
	}
	if name == "redirect" || name == "redirectmatch" {
		args = withoutStatus(args)
	}
	switch {
	case len(args) < c.args:
		return nil
	case c.regex:
		return beginnings(args[0])
	}
	return args[:1]
}

var (
	statusPattern = lazy.Regexp(`^(?i:permanent|temp|seeother|gone|[0-9]{3})$`)
	// gonePattern has the statuses that lead nowhere: the path is all there is.
	gonePattern = lazy.Regexp(`^(?i:gone|[^3][0-9]{2})$`)
)

// withoutStatus gives the path and the target of a Redirect.
func withoutStatus(args []string) []string {
	if len(args) == 0 || !statusPattern().MatchString(args[0]) {
		return args
	}
	if gonePattern().MatchString(args[0]) {
		return append(slices.Clone(args[1:]), "")
	}
	return args[1:]
}

// segmentPattern also ends a segment where a wildcard begins.
var segmentPattern = lazy.Regexp(`^/+([A-Za-z0-9._~+@-]+)(?:[/*?\[;].*)?$`)

func claimed(path string) string {
	m := segmentPattern().FindStringSubmatch(path)
	if m == nil {
		return ""
	}
	return "/" + m[1]
}
