package terminal

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// Style is what a terminal can show; the zero Style is for files and pipes.
type Style struct{ Terminal, Color, Symbols bool }

// styleOf shows colour and symbols on a terminal only; NO_COLOR is honoured
// (no-color.org), and symbols need a UTF-8 locale.
func styleOf(f *os.File) Style {
	if !term.IsTerminal(int(f.Fd())) {
		return Style{}
	}
	if kind := os.Getenv("TERM"); kind == "" || kind == "dumb" {
		return Style{Terminal: true}
	}
	locale := os.Getenv("LC_ALL")
	for _, name := range []string{"LC_CTYPE", "LANG"} {
		if locale == "" {
			locale = os.Getenv(name)
		}
	}
	locale = strings.ToLower(locale)
	return Style{
		Terminal: true,
		Color:    os.Getenv("NO_COLOR") == "",
		Symbols:  strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8"),
	}
}

// Color is the number that a terminal knows it by.
type Color string

// What is bad, good or doubtful, what matters, and what may be passed over.
const (
	Red    Color = "31"
	Green  Color = "32"
	Yellow Color = "33"
	Bold   Color = "1"
	Dim    Color = "2"
)

// Paint has a text in a color, where colors are shown.
func (s Style) Paint(c Color, text string) string {
	if !s.Color || text == "" || c == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// Mark is how one line of progress begins.
type Mark int

// It went well, it went well but, and it did not.
const (
	Done Mark = iota
	Attention
	Refused
)

// Mark is the sign for it.
func (s Style) Mark(m Mark) string {
	symbols := [...]string{"ok", "note", "no"}
	if s.Symbols {
		symbols = [...]string{"✓", "!", "✗"}
	}
	colors := [...]Color{Green, Yellow, Red}
	text := symbols[m]
	if !s.Symbols {
		text = fmt.Sprintf("%-6s", text)
	}
	return s.Paint(colors[m], text)
}

// Dot is the sign in front of an app, as in systemctl.
func (s Style) Dot(state string) string {
	symbol, paint := "○", Color("")
	switch state {
	case "active":
		symbol, paint = "●", Green
	case "failed", "degraded":
		symbol, paint = "●", Red
	case "activating", "deactivating", "reloading":
		symbol, paint = "↻", Yellow
	}
	if !s.Symbols {
		symbol = "*"
	}
	return s.Paint(paint, symbol)
}
