package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"golang.org/x/sys/unix"

	"ecounit/bench/inside"
)

// row is one figure of the table.
type row struct {
	figure string
	ours   string
	other  string  // what it is compared with, and its figure
	ratio  float64 // 0 when nothing is compared
	bar    string
	met    bool
}

// printTable reports how many bars were missed.
func printTable(out io.Writer, caption string, rows []row) (missed int, err error) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\n\n", caption)
	fmt.Fprintln(w, "figure\tecounit\tcompared with\tratio\tbar\tmet?")
	for _, r := range rows {
		ratio, met := "", "yes"
		if r.ratio != 0 {
			ratio = fmt.Sprintf("%.3f", r.ratio)
		}
		if !r.met {
			met = "NO"
			missed++
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", r.figure, r.ours, r.other, ratio, r.bar, met)
	}
	return missed, w.Flush()
}

// caption says where the figures are from.
func caption(load string) string {
	return fmt.Sprintf("Debian bookworm on %d CPUs; load average %s at the beginning, %s at the end",
		runtime.NumCPU(), load, loadAverage())
}

// loadAverage is that of the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	word, _, _ := strings.Cut(string(text), " ")
	if err != nil || word == "" {
		return "unknown"
	}
	return word
}

// sample is what several runs gave.
type sample []float64

func milliseconds(took inside.Took) sample {
	s := make(sample, len(took))
	for i, t := range took {
		s[i] = float64(t) / float64(time.Millisecond)
	}
	return s
}

// at is the value below which a part of the sample lies.
func (s sample) at(part float64) float64 {
	sorted := slices.Sorted(slices.Values(s))
	position := part * float64(len(sorted)-1)
	low := int(position)
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (sorted[high]-sorted[low])*(position-float64(low))
}

func (s sample) median() float64 { return s.at(0.5) }

// ratio compares round by round, so that what slows one round down does not
// count.
func (s sample) ratio(other sample) float64 {
	ratios := make(sample, min(len(s), len(other)))
	for i := range ratios {
		ratios[i] = s[i] / other[i]
	}
	return ratios.median()
}

// text is the median and the middle half, as "12.3 ms (11.9–12.8)".
func (s sample) text(unit string) string {
	digits := 1
	switch m := s.median(); {
	case m >= 1000:
		digits = 0
	case m < 1:
		digits = 4
	}
	return fmt.Sprintf("%.*f %s (%.*f–%.*f)", digits, s.median(), unit, digits, s.at(0.25), digits, s.at(0.75))
}

// progress says on a terminal what is going on, on one line that vanishes.
func progress(f *os.File) func(string) {
	if _, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS); err != nil {
		return func(string) {}
	}
	return func(what string) { fmt.Fprintf(f, "\r\x1b[K%s", what) }
}
