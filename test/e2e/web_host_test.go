//go:build machine

package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

// newWebHost is a host with a running Apache whose administrator did what the
// package and docs/administrators.md say for hosts without the host service,
// and nothing else.
func newWebHost(t *testing.T, suite machine.Suite) *host {
	t.Helper()
	h := newHost(t, suite)
	for from, to := range map[string]string{
		"../../packaging/apache.conf": "/etc/apache2/conf-available/ecounit.conf",
		"../../templates/down.html":   "/usr/share/ecounit/down.html",
	} {
		h.Must(h.CopyIn(t.Context(), from, to, "root", 0o644))
	}
	h.root("mkdir", "/etc/apache2/ecounit.d")
	h.root("systemctl", "start", "apache2")
	h.root("sh", "-ec", administrated(t, "On Debian, tell Apache once:"))
	return h
}

// administrated is the code that follows a sentence of docs/administrators.md.
func administrated(t *testing.T, sentence string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/administrators.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\n"+sentence+"\n\n```sh\n")
	code, _, closed := strings.Cut(after, "\n```\n")
	if !found || !closed {
		t.Fatalf("docs/administrators.md has no code after %q", sentence)
	}
	return code
}

// uid is the number of the user.
func (u *user) uid() string {
	u.host.t.Helper()
	return strings.TrimSpace(u.Sh("id -u"))
}

// state reads a file that ecounit keeps for an app.
func (u *user) state(app, file string) string {
	u.host.t.Helper()
	return u.Sh("cat ~/.local/state/ecounit/" + app + "/" + file)
}

var (
	installing  = regexp.MustCompile(`(?ms)^sudo tee .*?\nECOUNIT$`)
	withdrawing = regexp.MustCompile(`(?m)^- To withdraw it: (.+)$`)
)

// publish has the administrator run the command of the user's request, as it
// stands there.
func (u *user) publish(app string) {
	u.host.t.Helper()
	command := installing.FindString(u.state(app, "request.txt"))
	if command == "" {
		u.host.t.Fatalf("no command in the request:\n%s", u.state(app, "request.txt"))
	}
	u.host.reloads(command)
}

// withdraw has the administrator take the app away again.
func (u *user) withdraw(app string) {
	u.host.t.Helper()
	command := withdrawing.FindStringSubmatch(u.state(app, "request.txt"))
	if command == nil {
		u.host.t.Fatalf("the request does not say how to withdraw:\n%s", u.state(app, "request.txt"))
	}
	u.host.reloads(command[1])
}

// install has the administrator install another include than the requested one.
func (u *user) install(app, include string) {
	u.host.t.Helper()
	u.host.Must(u.host.WriteFile(u.host.t.Context(), "/etc/apache2/ecounit.d/"+u.name+"_"+app+".conf", []byte(include), "root", 0o644))
	u.host.reloads("apache2ctl configtest && systemctl reload apache2")
}

// reloads runs a command of root's that reloads Apache, and waits until only
// its new processes answer: "systemctl reload" returns before.
func (h *host) reloads(command string) {
	h.t.Helper()
	before := h.generation()
	h.root("sh", "-c", command)
	deadline := time.Now().Add(10 * time.Second)
	for inARow := 0; inARow < 10; inARow++ {
		if h.generation() == before {
			inARow = -1
			time.Sleep(10 * time.Millisecond)
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("Apache did not take up a new configuration after\n%s", command)
		}
	}
}

var generationLine = regexp.MustCompile(`(?m)^ParentServerConfigGeneration: \d+$`)

// generation tells the Apache processes before a reload from those after it.
func (h *host) generation() string {
	h.t.Helper()
	b := h.browser()
	defer b.client.CloseIdleConnections()
	return generationLine.FindString(b.get("http://localhost/server-status?auto").is(200).body)
}
