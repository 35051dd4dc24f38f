package detect

import (
	"regexp"
	"sync"
)

// pattern is a regular expression that is compiled when it is first used: all
// of them together would cost a quarter of a millisecond at every start.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
