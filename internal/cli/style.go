package cli

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

type color string

const (
	red    color = "31"
	green  color = "32"
	yellow color = "33"
	bold   color = "1"
	dim    color = "2"
)

func (s Style) paint(c color, text string) string {
	if !s.Color || text == "" || c == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// mark is how one line of progress begins.
type mark int

const (
	done mark = iota
	attention
	refused
)

func (s Style) mark(m mark) string {
	symbols := [...]string{"ok", "note", "no"}
	if s.Symbols {
		symbols = [...]string{"✓", "!", "✗"}
	}
	colors := [...]color{green, yellow, red}
	text := symbols[m]
	if !s.Symbols {
		text = fmt.Sprintf("%-6s", text)
	}
	return s.paint(colors[m], text)
}

// dot is the sign in front of an app, as in systemctl.
func (s Style) dot(state string) string {
	symbol, paint := "○", color("")
	switch state {
	case "active":
		symbol, paint = "●", green
	case "failed", "degraded":
		symbol, paint = "●", red
	case "activating", "deactivating", "reloading":
		symbol, paint = "↻", yellow
	}
	if !s.Symbols {
		symbol = "*"
	}
	return s.paint(paint, symbol)
}
