package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/bench/inside"
)

func TestSample(t *testing.T) {
	s := milliseconds(inside.Took{5 * time.Millisecond, time.Millisecond, 2 * time.Millisecond, 4 * time.Millisecond, 3 * time.Millisecond})
	if got := s.text("ms"); got != "3.0 ms (2.0–4.0)" {
		t.Errorf("got %q", got)
	}
	if got := (sample{1, 2}).median(); got != 1.5 {
		t.Errorf("the median of two is %g", got)
	}
	if got := (sample{0.0512}).text("ms"); got != "0.0512 ms (0.0512–0.0512)" {
		t.Errorf("got %q", got)
	}
	// The second round was slow for both.
	if got := (sample{1, 10, 1}).ratio(sample{2, 20, 2}); got != 0.5 {
		t.Errorf("the ratio is %g", got)
	}
}

func TestTable(t *testing.T) {
	var out strings.Builder
	missed, err := printTable(&out, "where", []row{
		{figure: "restart", ours: "9 ms", other: "by hand: 8 ms", ratio: 1.125, bar: "≤ 1.0 ×"},
		{figure: "requests lost", ours: "0", bar: "0", met: true},
	})
	want := `where

figure         ecounit  compared with  ratio  bar      met?
restart        9 ms     by hand: 8 ms  1.125  ≤ 1.0 ×  NO
requests lost  0                              0        yes
`
	if err != nil || missed != 1 || out.String() != want {
		t.Errorf("%d missed, %v:\n%s", missed, err, out.String())
	}
}

func TestChanged(t *testing.T) {
	before := "./a 1\n./b 2\n./c 3"
	if got := changed(before, before+"\n"); len(got) != 0 {
		t.Errorf("got %q", got)
	}
	if got := changed(before, "./a 1\n./b 9\n./d 4"); !slices.Equal(got, []string{"./b", "./d", "./c"}) {
		t.Errorf("got %q", got)
	}
}
