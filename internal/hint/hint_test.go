package hint

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"testing"

	"ecounit/detect"
)

func TestHintOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("x"), ""},
		{With(errors.New("x"), "type %s", "this"), "type this"},
		{fmt.Errorf("so: %w", With(errors.New("x"), "this")), "this"},
		{With(With(errors.New("x"), "inner"), "outer"), "outer"},
		{&detect.Error{Message: "x", Hint: "look there"}, "look there"},
		{&detect.Error{Message: "x"}, ""},
		{With(&detect.Error{Message: "x"}, "this"), "this"},
		{With(&detect.Error{Message: "x", Hint: "inner"}, "outer"), "outer"},
		{With(&detect.Error{Message: "x", Hint: "inner"}, ""), "inner"},
		{errors.Join(errors.New("y"), &detect.Error{Message: "x", Hint: "look there"}), "look there"},
		{errors.Join(With(errors.New("y"), "first"), &detect.Error{Message: "x", Hint: "second"}), "first"},
	} {
		if got := Of(test.err); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestReason(t *testing.T) {
	_, missing := os.Open("/nonexistent/file")
	_, noPort := net.Listen("tcp4", "127.0.0.1:70000")
	both := errors.Join(missing, errors.New("and more"))
	for _, test := range []struct {
		err  error
		want string
	}{
		{missing, "no such file or directory"},
		{fmt.Errorf("so: %w", missing), "no such file or directory"},
		{both, "no such file or directory"},
		{noPort, "listen tcp4: address 70000: invalid port"},
		{fs.ErrClosed, "file already closed"},
		{syscall.EADDRINUSE, "address already in use"},
	} {
		if got := Reason(test.err).Error(); got != test.want {
			t.Errorf("%v: %q, want %q", test.err, got, test.want)
		}
	}
}

func TestEachTakesApartWhatWasJoined(t *testing.T) {
	one, other := errors.New("one"), errors.New("other")
	for _, test := range []struct {
		err  error
		want string
	}{
		{one, "[one]"},
		{errors.Join(one, other), "[one other]"},
		{With(errors.Join(one, other), "try again"), "[one other]"},
		{fmt.Errorf("%w; and %w", one, other), "[one; and other]"},
		{fmt.Errorf("not: %w", errors.Join(one, other)), "[not: one\nother]"},
	} {
		if got := fmt.Sprint(Each(test.err)); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
