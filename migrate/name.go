package migrate

import (
	"cmp"
	"fmt"
	"strings"

	"ecounit/descriptor"
	"ecounit/lazy"
)

var notInNames = lazy.Regexp(`[^a-z0-9]+`)

const longestName = 32

// Name makes a name for an app, a process or a job.
func Name(text, otherwise string) string {
	name := strings.Trim(notInNames().ReplaceAllString(strings.ToLower(text), "-"), "-")
	if len(name) > longestName {
		name = strings.TrimRight(name[:longestName], "-")
	}
	return cmp.Or(name, otherwise)
}

// Unique adds a number to a name that is taken.
func Unique(name string, taken func(string) bool) string {
	unique := name
	for n := 2; taken(unique); n++ {
		suffix := fmt.Sprintf("-%d", n)
		unique = strings.TrimRight(name[:min(len(name), longestName-len(suffix))], "-") + suffix
	}
	return unique
}

// ProcessName avoids the names that ecounit has for its own.
func ProcessName(text string, taken func(string) bool) string {
	name := Name(text, "process")
	if IsReserved(name) {
		name += "-process"
	}
	return Unique(name, taken)
}

// IsReserved reports whether no process and no job can have the name: a unit of
// ecounit's own has it.
func IsReserved(name string) bool {
	for _, table := range []string{"process", "job"} {
		if _, isTaken := descriptor.FormsOf(table)[0].Taken[name]; isTaken {
			return true
		}
	}
	return false
}

var variableName = lazy.Regexp(`^[A-Za-z_][A-Za-z0-9_]{0,127}$`)

// IsVariable reports whether a descriptor can set a variable of that name.
func IsVariable(name string) bool { return variableName().MatchString(name) }

var (
	secretName = lazy.Regexp(`(?i)(password|passwd|passphrase|secret|token|credential|(^|_)key$|api_?key|(^|_)pass$|_(pwd|pw)$)`)
	secretURL  = lazy.Regexp(`^[a-z][a-z0-9+.-]*://[^/@:]*:[^/@]+@`)
)

// IsSecret guesses whether others should not see a variable.
func IsSecret(name, value string) bool {
	return value != "" && (secretName().MatchString(name) || secretURL().MatchString(value))
}
