package terminal

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	for _, test := range []struct {
		d    time.Duration
		want string
	}{
		{-time.Minute, "0.0 s"},
		{0, "0.0 s"},
		{420 * time.Millisecond, "0.4 s"},
		{9900 * time.Millisecond, "9.9 s"},
		{9960 * time.Millisecond, "10 s"},
		{10 * time.Second, "10 s"},
		{59*time.Second + 999*time.Millisecond, "1 min"},
		{59 * time.Second, "59 s"},
		{time.Minute, "1 min"},
		{time.Hour - time.Second, "59 min"},
		{time.Hour, "1 h 0 min"},
		{25*time.Hour + 30*time.Minute, "25 h 30 min"},
		{48 * time.Hour, "2 days"},
		{400 * 24 * time.Hour, "400 days"},
	} {
		if got := Span(test.d); got != test.want {
			t.Errorf("%s: %q, want %q", test.d, got, test.want)
		}
	}
}

func TestSize(t *testing.T) {
	for _, test := range []struct {
		bytes uint64
		want  string
	}{
		{0, "0K"},
		{1023, "0K"},
		{1024, "1K"},
		{1<<20 - 1, "1023K"},
		{1 << 20, "1M"},
		{512 << 20, "512M"},
		{1<<30 - 1, "1023M"},
		{1 << 30, "1.0G"},
		{3 << 29, "1.5G"},
		{10 << 30, "10G"},
		{1 << 40, "1024G"},
	} {
		if got := Size(test.bytes); got != test.want {
			t.Errorf("%d: %q, want %q", test.bytes, got, test.want)
		}
	}
}

// TestShellWords has a real shell read the words back.
func TestShellWords(t *testing.T) {
	for _, words := range [][]string{
		{"plain", "/usr/bin/x-y_z.1", "--option=value", "a:b@c%d+e,f"},
		{""},
		{"a b", "tab\there", "line\nbreak", " "},
		{"it's", "'", "''", `"quoted"`, "back`tick`"},
		{"$HOME", "${HOME}", "$(id)", `\`, `\n`, `a\`},
		{"*", "?", "[a]", "{a,b}", "~", "~root", "#", "!", "!!", "^", "a=b"},
		{";", "&", "|", "<", ">", "(", ")", "&&"},
		{"ü", "日本", "\x01\x7f", "-n", "--", "-"},
	} {
		out, err := exec.Command("sh", "-c", `printf '%s\0' `+ShellWords(words...)).Output()
		got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
		if err != nil || !slices.Equal(got, words) {
			t.Errorf("%q was read as %q (%v)", words, got, err)
		}
	}
	if got := ShellWords("ls", "-l", "a b"); got != "ls -l 'a b'" {
		t.Errorf("more quotes than needed: %s", got)
	}
}
