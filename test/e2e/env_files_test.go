//go:build machine

package e2e

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// envFiles are files of variables, one a case, in all the ways to write them.
// Of those that are marked systemd would not read what people mean, or not the
// same in all versions.
var envFiles = []struct {
	text    string
	refused string // what check says, or ""
}{
	{text: "A=plain\n"},
	{text: "A=no newline at the end"},
	{text: "A=\nB=  \nC=\"\"\nD=''\n"},
	{text: "  A  =  spaces all around  \t\n"},
	{text: "A=a#b # no comment\n"},
	{text: "# comment\n; another\n\n   # and \"one' more\nA=1\n"},
	{text: "A=first\nA=second\n"},
	{text: "A=$HOME ${HOME} $(id) `id` %h %% $$\nB=\"$HOME \\$HOME `id` %h\"\nC='$HOME `id`'\n"},
	{text: `A="double \" \\ \$ \` + "`" + ` \n \t \x41 'single'"` + "\n"},
	{text: `A='single \ \n "double"'` + "\n" + `B='it'\''s'` + "\n"},
	{text: `A="one"two'three'"four"` + "\n" + `B=a"b"c'd'` + "\nC=it's\n"},
	{text: `A="quoted"  and more` + "\n" + `B="quoted"  "again"` + "\n"},
	{text: "A=a\\\nb\\\n  c\nB=\"a\\\nb\"\nC='a\\\nb'\n"},
	{text: "A=\"two\nlines\"\nB='three\n\nlines'\n"},
	{text: `A=\"\'\\\ \#\n` + "\n" + `B=end\ ` + "\n"},
	{text: "A=windows\r\nB=\"windows too\"\r\n\r\nC=3\r\n"},
	{text: "A=ünïcödé 😀\nB=\"\u00a0\u2028\"\nC=\u00a0x\u00a0\n"},
	{text: "A=\x01\x1b[31m\x7f\u0085\nB=tab\there\vand\f\n"},
	{text: "A=" + strings.Repeat("long ", 20000) + "\n"},
	{text: "A_1=1\n_=2\na=lower\nPATH=/nowhere\nHOME=/elsewhere\n"},
	{text: "A={\"json\": [1, \"2\"]}\nB=postgres://u:p%40ss@host/db?x=y&z=#f\n"},
	{text: "A=1\n\\\nB=2\n", refused: ":2: systemd passes the line over"},
	{text: "export A=1\n", refused: ":1: systemd passes the line over: `export` belongs to shells"},
	{text: "A=1\nonly a word\n", refused: ":2: systemd passes the line over: it has no ="},
	{text: "1A=1\n", refused: `"1A" is not the name of a variable`},
	{text: "A-B=1\n", refused: `"A-B" is not the name of a variable`},
	{text: "A=1\nB=\"never closed\nC=3\n", refused: ":2: a quote is opened and never closed"},
	{text: "A=latin \xe9\n", refused: ":1: systemd passes the line over: it is not UTF-8"},
	{text: "\ufeffA=1\n", refused: ":1: systemd passes the line over"},
	{text: "A=1\nB=nul \x00\n", refused: "file.env:2: "},
	{text: "# a comment \\\\\nA=1\n"},
	{text: "# a comment \\\nA=1\n", refused: "file.env:1: "},
	{text: "A=a\\\r\nB=1\r\n"},
	{text: "A=\"a\\\r\nb\"\r\n"},
	{text: "A=spaces   \\\n\nB= \\\n  \n"},
	{text: "A=ends in a backslash\\"},
}

// TestEnvFilesAreReadAsBySystemd compares what ecounit makes of files of
// variables with what systemd itself gives to a service.
func TestEnvFilesAreReadAsBySystemd(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	if given, err := strconv.ParseUint(os.Getenv("ECOUNIT_SEED"), 10, 64); err == nil {
		seed = given
	}
	for _, suite := range machine.Suites() {
		t.Run(string(suite), func(t *testing.T) {
			h := newHost(t, suite)
			alice := h.user("alice")
			t.Run("each_way_to_write_them", func(t *testing.T) { envEachWay(alice.in(t)) })
			t.Run("nasty_lines", func(t *testing.T) {
				t.Logf("ECOUNIT_SEED=%d", seed)
				envNasty(alice.in(t), rand.New(rand.NewPCG(seed, 0)))
			})
		})
	}
}

// envEachWay puts each case in the place of an app's file of variables. Those
// that check takes have to be the same for the service and for exec.
func envEachWay(alice *user) {
	h := alice.host
	cases := h.t.TempDir()
	for i, c := range envFiles {
		h.Must(os.WriteFile(fmt.Sprintf("%s/%02d", cases, i), []byte(c.text), 0o600))
	}
	const dir = "/home/alice/ways"
	h.Must(h.CopyDir(h.t.Context(), cases, dir+"/cases", "alice"))
	alice.Sh("touch ways/file.env && chmod 600 ways/file.env")
	alice.descriptor(dir, `name = "ways"`, `env_files = ["file.env"]`, "[process.it]", `command = "sleep infinity"`)
	alice.OK("enable", "./ways")
	results := alice.Sh(`cd ways && for case in cases/*; do
		cat $case > file.env
		if ecounit check > said 2>&1; then
			{ ecounit restart && ecounit exec -- /usr/bin/env -0; } > own 2>&1
			base64 -w0 < /proc/$(systemctl --user show -p MainPID --value ways-it.service)/environ; printf ' '; base64 -w0 own; echo
		else
			printf 'refused '; base64 -w0 said; echo
		fi
	done`)
	lines := slices.Collect(strings.Lines(results))
	if len(lines) != len(envFiles) {
		h.t.Fatalf("%d lines, want %d", len(lines), len(envFiles))
	}
	for i, c := range envFiles {
		first, second, _ := strings.Cut(strings.TrimSpace(lines[i]), " ")
		service, err := base64.StdEncoding.DecodeString(first)
		own, ownErr := base64.StdEncoding.DecodeString(second)
		switch refused := first == "refused"; {
		case err != nil && !refused || ownErr != nil:
			h.t.Errorf("%.200q: %.200s", c.text, lines[i])
		case !refused && c.refused != "":
			h.t.Errorf("%.200q: check does not refuse it with %q; %.2000s", c.text, c.refused, differences(string(service), string(own)))
		case refused && (c.refused == "" || !strings.Contains(string(own), c.refused)):
			h.t.Errorf("%.200q: want %q, got %s", c.text, c.refused, own)
		case !refused:
			if different := differences(string(service), string(own)); len(different) > 0 {
				h.t.Errorf("%.200q: %.2000s", c.text, strings.Join(different, "\n"))
			}
		}
	}
}

// pieces are what nasty lines are made of.
var pieces = []string{
	"word", "two words", " ", "   ", "\t", `\`, `\\`, `\"`, `\'`, `\$`, `\ `, `\#`, `\n`, `\x41`, "\\\n", "$HOME", "${X}", "$(id)", "`id`",
	"#", " # x", ";", "=", "==", "%h", "%%", "!", "&&", "|", "*", "~", "ü", "😀", "\u00a0", "\u2028", "\x01", "\x1b[0m", "\x7f", "\v",
	`""`, `''`, `"a b"`, `'a b'`, `"it's"`, `'say "x"'`, `"\"\\\$\n"`, `'\n\'`, "\"a\\\nb\"", "'a\nb'", `"#"`, `' ; '`, `"`, `'`, "\r",
}

func nastyLine(r *rand.Rand, name string) string {
	switch r.IntN(25) {
	case 0:
		return "# " + strings.ReplaceAll(pieces[r.IntN(len(pieces))], "\n", "") + " a comment"
	case 1:
		return "  ; " + strings.ReplaceAll(pieces[r.IntN(len(pieces))], "\n", "") + "'"
	case 2:
		return " \t"
	}
	line := []string{"", "", "", " ", "\t"}[r.IntN(5)] + name + []string{"=", "=", "=", " =", "= "}[r.IntN(5)]
	for range r.IntN(7) {
		line += pieces[r.IntN(len(pieces))]
	}
	return line
}

var refusedLine = regexp.MustCompile(`nasty\.env:(\d+): `)

// envNasty puts generated lines into a file, takes out those that are refused,
// and compares the environment of the service with that of exec.
func envNasty(alice *user, r *rand.Rand) {
	h := alice.host
	const dir = "/home/alice/nasty"
	alice.Write(dir+"/nasty.env", "")
	alice.Sh("chmod 600 nasty/nasty.env")
	alice.descriptor(dir, `name = "nasty"`, `env_files = ["nasty.env"]`, "[process.it]", `command = "sleep infinity"`)
	alice.OK("enable", "./nasty")
	for round := range 5 {
		var text []string
		for i := range 100 {
			text = append(text, nastyLine(r, fmt.Sprintf("V%d_%02d", round, i)))
		}
		lines := strings.Split(strings.Join(text, "\n")+"\n", "\n")
		all := len(lines)
		var own string
		for {
			h.Must(h.WriteFile(h.t.Context(), dir+"/nasty.env", []byte(strings.Join(lines, "\n")), "alice", 0o600))
			exec := alice.Run("exec", "nasty", "--", "env", "-0")
			if exec.Code == 0 {
				own = exec.Stdout
				break
			}
			found := refusedLine.FindStringSubmatch(exec.Stderr)
			if found == nil {
				h.t.Fatalf("%s%s", exec.Stdout, exec.Stderr)
			}
			n, err := strconv.Atoi(found[1])
			h.Must(err)
			lines = slices.Delete(lines, n-1, n)
		}
		alice.OK("restart", "nasty")
		service := alice.Sh("cat /proc/$(systemctl --user show -p MainPID --value nasty-it.service)/environ")
		h.t.Logf("round %d: %d of %d lines, %d variables", round, len(lines), all, strings.Count(own, "\x00"))
		if different := differences(service, own); len(different) > 0 {
			h.t.Fatalf("%.2000s\nthe file: %q", strings.Join(different, "\n"), lines)
		}
	}
}
