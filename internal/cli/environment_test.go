package cli

import (
	"slices"
	"testing"
)

func TestLastOfEach(t *testing.T) {
	for _, test := range []struct{ all, want []string }{
		{nil, nil},
		{[]string{"B=1", "A=1"}, []string{"A=1", "B=1"}},
		{[]string{"A=1", "B=1", "A=2"}, []string{"A=2", "B=1"}},
		{[]string{"A=x=y", "A="}, []string{"A="}},
		{[]string{"AB=1", "A=1"}, []string{"A=1", "AB=1"}},
	} {
		before := slices.Clone(test.all)
		if got := lastOfEach(test.all); !slices.Equal(got, test.want) {
			t.Errorf("%q: %q, want %q", test.all, got, test.want)
		}
		if !slices.Equal(before, test.all) {
			t.Errorf("%q was changed to %q", before, test.all)
		}
	}
}
