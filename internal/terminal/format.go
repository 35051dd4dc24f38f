package terminal

import (
	"fmt"
	"strings"
	"time"
)

// Size is an amount of memory in the units that the descriptor takes.
func Size(bytes uint64) string {
	switch {
	case bytes >= 10<<30:
		return fmt.Sprintf("%dG", bytes>>30)
	case bytes >= 1<<30:
		return fmt.Sprintf("%.1fG", float64(bytes)/(1<<30))
	case bytes >= 1<<20:
		return fmt.Sprintf("%dM", bytes>>20)
	}
	return fmt.Sprintf("%dK", bytes>>10)
}

// Span is a duration as a person says it, to one or two units.
func Span(d time.Duration) string {
	if d < 9950*time.Millisecond { // else it reads 10.0
		return fmt.Sprintf("%.1f s", max(d, 0).Seconds()) // a clock may be set back
	}
	switch d = d.Round(time.Second); {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours())/24)
}

// ShellWords joins arguments so that they could be pasted into a shell.
func ShellWords(argv ...string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = word
		if word == "" || strings.ContainsFunc(word, needsQuotes) {
			words[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

func needsQuotes(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:=@%+,", r))
}
