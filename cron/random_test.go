package cron

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// generator makes schedules and lines of crontabs, the same ones each time.
type generator struct{ *rand.Rand }

func newGenerator(seed uint64) generator { return generator{rand.New(rand.NewPCG(seed, 1))} }

func (g generator) pick(words ...string) string { return words[g.IntN(len(words))] }

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

var fieldsInOrder = []field{minutes, hours, daysOfM, months, daysOfW}

// spec is a valid schedule of five fields.
func (g generator) spec() string {
	var words []string
	for _, f := range fieldsInOrder {
		words = append(words, g.field(f))
	}
	return strings.Join(words, " ")
}

func (g generator) field(f field) string {
	if g.chance(35) {
		return "*"
	}
	parts := []string{g.part(f)}
	for g.chance(30) {
		parts = append(parts, g.part(f))
	}
	return strings.Join(parts, ",")
}

func (g generator) part(f field) string {
	step := ""
	if g.chance(40) {
		step = fmt.Sprintf("/%d", 1+g.IntN(f.high+2))
	}
	low := f.low + g.IntN(f.high-f.low+1)
	switch high := low + g.IntN(f.high-low+1); {
	case g.chance(20):
		return "*" + step
	case g.chance(50):
		return g.value(f, low) + "-" + g.value(f, high) + step
	}
	return g.value(f, low)
}

// value writes a number in one of the ways that there are.
func (g generator) value(f field, n int) string {
	if i := n - f.low; i < len(f.names) && g.chance(40) {
		name := f.names[i]
		return g.pick(name, strings.ToUpper(name), strings.ToUpper(name[:1])+name[1:])
	}
	if g.chance(10) {
		return fmt.Sprintf("%03d", n)
	}
	return fmt.Sprint(n)
}

// line is a line of a crontab, right or not quite.
func (g generator) line() string {
	blank := g.pick(" ", " ", "  ", "\t")
	var line string
	switch {
	case g.chance(15):
		line = g.setting()
	case g.chance(10):
		line = "@" + g.pick("reboot", "hourly", "daily", "weekly", "monthly", "yearly", "annually", "midnight", "Daily", "never", "")
	default:
		line = strings.ReplaceAll(g.spec(), " ", blank)
	}
	if !g.chance(5) {
		line += blank + g.command()
	}
	for g.chance(25) {
		at := g.IntN(len(line) + 1)
		line = line[:at] + g.pick(strings.Split("*,-/0123456789 %=\\'\"~#?LWx;:.@", "")...) + line[min(len(line), at+g.IntN(3)):]
	}
	return g.pick("", "", "", " ", "\t ") + line
}

func (g generator) setting() string {
	name := g.pick("A", "MAILTO", "PATH", "'A B'", `"X"`, "'", "A'", "")
	value := g.pick("", "b", "b c ", `"b c "`, "'b'", `"'b'"`, "'b' c", `"`, "'", `a"b`, "$HOME/bin", `"'`, "=", "''")
	return name + g.pick("=", " = ", "= ", " =", " ") + value + g.pick("", "", " ")
}

func (g generator) command() string {
	var b strings.Builder
	for range 1 + g.IntN(6) {
		b.WriteString(g.pick("true", " ", "%", `\%`, `\\`, `\`, "%%", "echo", `\x`, "a b", "#", "=", `"`))
	}
	return b.String()
}
