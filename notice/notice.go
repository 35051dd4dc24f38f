package notice

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The events that there is a notice of.
const (
	Failed    = "failed"
	Recovered = "recovered"
)

// Notice is everything that a notice tells of one process or job.
type Notice struct {
	App     string
	Process string // its name in the descriptor
	Host    string
	User    string
	Event   string // Failed or Recovered
	Episode Episode
	Now     string    // what the process does now: "runs again"
	Lines   []string  // the last that it printed
	NoLines string    // why there are none
	Silent  time.Time // from this notice on until then there are no others; or zero
	Follows bool      // there will be another one when it runs again
}

// Subject is the notice in a few words.
func (n Notice) Subject() string {
	what := "failed: " + n.Episode.Last.Reason
	if n.Event == Recovered {
		what = n.again()
	}
	return oneLine(fmt.Sprintf("%s on %s: %s %s", n.App, n.Host, n.Process, what))
}

func (n Notice) again() string {
	if n.Episode.Job {
		return "succeeds again"
	}
	return "runs again"
}

// Text is the whole notice. No character of it does anything to a terminal but
// end a line or move to a tab stop.
func (n Notice) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { b.WriteString(oneLine(fmt.Sprintf(format, args...)) + "\n") }
	e := n.Episode
	if n.Event == Recovered {
		line("%s of %s on %s %s.", n.Process, n.App, n.Host, n.again())
		line("")
		line("It failed %s since %s.", times(e.Failures), moment(e.Since))
		line("The last time was %s: %s.", moment(e.Last.At), e.Last.Reason)
	} else {
		line("%s of %s on %s failed.", n.Process, n.App, n.Host)
		line("")
		line("when  %s", moment(e.Last.At))
		line("how   %s", e.Last.Reason)
		line("now   %s", n.Now)
		line("")
		n.lines(&b)
	}
	line("")
	line("To look at it, log in to %s as %s and type:", n.Host, n.User)
	line("")
	line("  ecounit status %s", n.App)
	if e.Job {
		line("  ecounit jobs %s", n.App)
	}
	line("  ecounit logs %s -p %s", n.App, n.name())
	if n.Event == Failed {
		line("")
		n.whatFollows(line)
	}
	return b.String()
}

// name is that of the process without the number of its instance.
func (n Notice) name() string {
	name, _, _ := strings.Cut(n.Process, "@")
	return name
}

func (n Notice) lines(b *strings.Builder) {
	if len(n.Lines) == 0 {
		why := n.NoLines
		if why == "" {
			why = "It printed nothing."
		}
		b.WriteString(oneLine(why) + "\n")
		return
	}
	b.WriteString("The last lines that it printed:\n\n")
	for _, l := range n.Lines {
		b.WriteString(strings.TrimRight("  "+oneLine(l), " ") + "\n")
	}
}

func (n Notice) whatFollows(line func(string, ...any)) {
	switch {
	case n.Episode.Job:
		line("Further failures are not told of until the job has succeeded.")
	default:
		line("Further failures are not told of until it has run for a minute.")
	}
	if n.Follows {
		line("When it has, there is another notice.")
	}
	if !n.Silent.IsZero() {
		line("There were %d notices of %s within an hour; there are no more before %s.", perHour, n.App, moment(n.Silent))
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

func moment(t time.Time) string { return t.Format("Mon 2 Jan 2006 15:04:05 MST") }

// oneLine replaces what ends a line or does anything to a terminal but move to
// a tab stop.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return r
		}
		if r == utf8.RuneError || !unicode.IsGraphic(r) || r == '\u2028' || r == '\u2029' {
			return '?'
		}
		return r
	}, text)
}
