// Package lazy compiles regular expressions at their first use. There are a
// hundred of them, a run needs a handful, and compiling all would cost
// `ecounit restart` a tenth of its time. It knows nothing of what they match.
package lazy

import (
	"regexp"
	"sync"
)

// Regexp returns a function that returns the compiled expression. A mistake in
// it panics at the first call.
func Regexp(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
