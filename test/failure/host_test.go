//go:build machine

// Package failure tries [on_failure] as its users meet it: on booted hosts, with
// programs that crash. It must not know any part of ecounit.
package failure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

// person has apps whose failures they want to hear of.
type person struct{ *scene.User }

// sendmail stores each message, as a mail system would.
const sendmail = `#!/bin/sh
to=$(mktemp /var/mailbox/XXXXXX)
{ echo "X-Arguments: $*"; cat; } > "$to"
mv "$to" "$to.mail"
`

func host(t *testing.T, suite machine.Suite) (*scene.Host, person) {
	t.Helper()
	h := scene.New(t, suite)
	h.Must(h.WriteFile(t.Context(), "/usr/sbin/sendmail", []byte(sendmail), "root", 0o755))
	h.Root("mkdir -m 1777 /var/mailbox")
	return h, person{h.User("alice")}
}

func (p person) in(t *testing.T) person { return person{p.User.In(t)} }

// app writes a descriptor. What becomes of it is told by ~/NAME.notices, where
// a command of the user's writes what it gets.
func (p person) app(name string, lines ...string) {
	p.Write(name+"/ecounit.toml", fmt.Sprintf("name = %q\n%s\n", name, strings.Join(lines, "\n")))
	p.Write(name+"/tell.sh", `#!/bin/sh
{ env | grep ^ECOUNIT_ | sort; echo; cat; } > ~/"$1.new"
mv ~/"$1.new" ~/"$1.notice.$(date +%s%N)"
`)
}

// tells has an app tell its notices to a command.
func tells(name string) string {
	return fmt.Sprintf("[on_failure]\ncommand = [\"sh\", \"/home/alice/%s/tell.sh\", %q]\n", name, name)
}

// notices are those that the command got, oldest first.
func (p person) notices(name string) []string {
	p.Host.T.Helper()
	all := strings.Split(p.Sh("cd; for f in "+name+".notice.*; do [ -e $f ] && cat $f && printf '\\001'; done; :"), "\x01")
	return all[:len(all)-1]
}

// waitFor waits for so many notices and returns them.
func (p person) waitFor(within time.Duration, name string, n int) []string {
	p.Host.T.Helper()
	var got []string
	p.Host.Soon(within, func(context.Context) error {
		if got = p.notices(name); len(got) < n {
			return fmt.Errorf("%d notices of %s, want %d; status:\n%s", len(got), name, n, p.Run("status", name).Stdout)
		}
		return nil
	})
	return got
}

// exactly is that there are as many notices as before and no more.
func (p person) exactly(name string, n int) {
	p.Host.T.Helper()
	if got := p.notices(name); len(got) != n {
		p.Host.T.Fatalf("%d notices of %s, want %d:\n%s", len(got), name, n, strings.Join(got, "\n---\n"))
	}
}

// settled waits until no notice of the app is being sent.
func (p person) settled(name string) {
	p.Host.T.Helper()
	p.Host.Soon(20*time.Second, func(context.Context) error {
		if list := p.Sh("systemctl --user list-units --no-legend --state=activating '" + name + "-notice@*.service'"); list != "" {
			return errors.New(list)
		}
		return nil
	})
}

// failures is how often a process of the app failed.
func (p person) failures(name string, n int) {
	p.Host.T.Helper()
	p.Host.Soon(20*time.Second, func(context.Context) error {
		if got := strings.Count(p.Sh("cat ~/"+name+".failures 2>/dev/null || :"), "\n"); got < n {
			return fmt.Errorf("%s failed %d times, not yet %d", name, got, n)
		}
		return nil
	})
}

// mails are the messages of an app that were sent, and their texts.
func (p person) mails(app string) (all []*mail.Message, texts []string) {
	p.Host.T.Helper()
	for _, text := range strings.Split(p.Host.Root("for f in /var/mailbox/*.mail; do [ -e $f ] && cat $f && printf '\\001'; done; :"), "\x01") {
		if text == "" {
			continue
		}
		m, err := mail.ReadMessage(strings.NewReader(text))
		p.Host.Must(err)
		if subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil || !strings.HasPrefix(subject, app+" on ") {
			p.Host.Must(err)
			continue
		}
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		p.Host.Must(err)
		all, texts = append(all, m), append(texts, string(body))
	}
	return all, texts
}

// said is all that ecounit says, however it ends.
func (p person) said(words ...string) string {
	p.Host.T.Helper()
	r := p.Run(words...)
	return r.Stdout + r.Stderr
}
