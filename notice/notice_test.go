package notice

import (
	"bytes"
	"flag"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expected files")

func failed() Notice {
	return Notice{
		App: "tasks", Process: "worker@2", Host: "eco", User: "alice", Event: Failed, Now: "it was started again",
		Episode: Episode{
			Unit: "tasks-worker@2.service", Since: noon, Failures: 1,
			Last: End{At: noon, Reason: "exited with status 3", Result: "exit-code", ExitCode: "exited", ExitStatus: "3"},
		},
		Lines: []string{"Traceback (most recent call last):", "", "\tvalue = schön"},
	}
}

func again() Notice {
	n := failed()
	n.Event, n.Episode.Failures, n.Episode.Last.At = Recovered, 14, noon.Add(time.Minute)
	return n
}

func job(n Notice) Notice {
	n.Process, n.Episode.Job, n.Now = "nightly", true, "it runs again at its next time"
	return n
}

// TestTexts: the whole mail is in testdata/NAME.mail.
func TestTexts(t *testing.T) {
	silent := failed()
	silent.Lines, silent.Silent, silent.Follows = nil, noon.Add(50*time.Minute), true
	for name, n := range map[string]Notice{
		"failed": failed(), "recovered": again(), "job-failed": job(failed()), "job-recovered": job(again()), "last-of-an-hour": silent,
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", name+".mail")
			got := n.Mail("alice@example.org", noon)
			if *update {
				if err := os.WriteFile(file, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hostile has something in every field that would be a header, a line or an
// escape sequence of its own.
func hostile(evil string) Notice {
	n := failed()
	n.Process, n.Host, n.Now, n.NoLines = evil, evil, evil, evil
	n.Episode.Last.Reason = evil
	n.Lines = []string{evil, evil}
	return n
}

func FuzzMail(f *testing.F) {
	for _, evil := range []string{
		"x\r\nBcc: bob@example.org", "x\n\nbody", "\x1b]0;title\x07", "\u202etxt.exe", "\xff\xfe", "=?utf-8?q?=1b?=", strings.Repeat("ü", 300), "a\u2028b", ".\n.\r\n", "\x00",
	} {
		f.Add(evil)
	}
	f.Fuzz(func(t *testing.T, evil string) {
		n := hostile(evil)
		text := n.Mail("alice", noon)
		m, err := mail.ReadMessage(bytes.NewReader(text))
		if err != nil {
			t.Fatalf("%v in %q", err, text)
		}
		if len(m.Header) != 8 || m.Header.Get("To") != "alice" || m.Header.Get("Bcc") != "" {
			t.Errorf("headers %v", m.Header)
		}
		for line := range strings.Lines(string(text)) {
			if len(line) > 998 || strings.ContainsAny(line, "\r\x00\x1b") {
				t.Errorf("the line %q", line)
			}
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || strings.ContainsAny(subject, "\r\n\x1b\x00\u202e") {
			t.Errorf("the subject %q, %v", subject, err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil || string(body) != n.Text() {
			t.Errorf("%v: the body is %q, want %q", err, body, n.Text())
		}
	})
}

func TestVariablesAreOneLineEach(t *testing.T) {
	for _, v := range hostile("x\nPATH=/tmp\x00\x1b").Variables() {
		if name, value, found := strings.Cut(v, "="); !found || !strings.HasPrefix(name, "ECOUNIT_") || strings.ContainsAny(value, "\n\x00\x1b") {
			t.Errorf("%q", v)
		}
	}
}
