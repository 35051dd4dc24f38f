//go:build machine

package hostd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	contract "ecounit/host"
)

// called is a call of the service that a user makes in a machine, and what
// came of it.
type called struct {
	Method  string
	Request contract.Request // of Publish
	Words   []string         // of every other method
	Flag    bool

	Dir      string
	Answer   contract.Answer
	Names    []string
	Findings []contract.Finding

	Kind    contract.Kind // of a refusal
	Message string
	Fix     string
}

// TestInsideCall makes one call through the client, for h.call.
func TestInsideCall(t *testing.T) {
	var c called
	if json.Unmarshal([]byte(os.Getenv("HOSTD_CALL")), &c) != nil {
		t.Skip("runs in a machine")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Second)
	defer cancel()
	client, err := contract.Connect(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	word := func(i int) string { return c.Words[i] }
	switch c.Method {
	case "Prepare":
		c.Dir, err = client.Prepare(ctx)
	case "Publish":
		c.Answer, err = client.Publish(ctx, c.Request)
	case "Withdraw":
		err = client.Withdraw(ctx, word(0), c.Flag)
	case "SetPassword":
		err = client.SetPassword(ctx, word(0), word(1), word(2))
	case "PasswordNames":
		c.Names, err = client.PasswordNames(ctx, word(0))
	case "Approve":
		c.Answer, err = client.Approve(ctx, word(0))
	case "Reject":
		err = client.Reject(ctx, word(0), word(1))
	case "Evict":
		err = client.Evict(ctx, word(0))
	case "Grant":
		err = client.Grant(ctx, word(0), word(1), c.Flag)
	case "Reconcile":
		c.Findings, err = client.Reconcile(ctx)
	case "Check":
		c.Findings, err = client.Check(ctx)
	}
	var refused *contract.Error
	if errors.As(err, &refused) {
		c.Kind, c.Message, c.Fix = refused.Kind, refused.Message, refused.Fix
	} else if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\ncalled: %s\n", text)
}

// call has a user call a method.
func (h host) call(user string, c called) called {
	h.Helper()
	return h.callBy(user, c)
}

// callBy is call by way of a command.
func (h host) callBy(user string, c called, via ...string) called {
	h.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		h.Fatal(err)
	}
	argv := append(via, "/opt/ecounit/inside", "-test.v", "-test.timeout=120s", "-test.run=^TestInsideCall$")
	r, err := h.As(user).Env("HOSTD_CALL="+string(text)).Exec(h.T.Context(), argv...)
	switch {
	case err != nil:
		h.Fatal(err)
	case r.Code != 0:
		h.Fatalf("%s by %s failed:\n%s%s", c.Method, user, r.Stdout, r.Stderr)
	}
	_, line, _ := strings.Cut(r.Stdout, "\ncalled: ")
	line, _, _ = strings.Cut(line, "\n")
	var result called
	if err := json.Unmarshal([]byte(line), &result); err != nil {
		h.Fatalf("%v in\n%s", err, r.Stdout)
	}
	return result
}

// publish has a user publish an app on its socket, which must go live.
func (h host) publish(user, app string) {
	h.Helper()
	if c := h.call(user, called{Method: "Publish", Request: request(user, app)}); !c.Answer.Live {
		h.Fatalf("not live: %+v", c)
	}
}

func request(user, app string) contract.Request {
	return contract.Request{App: app, Path: "/" + user + "_" + app, Prefix: "keep", WebSocket: true, Timeout: 300}
}

// refused has a user call a method, which the service must refuse.
func (h host) refused(user string, c called, kind contract.Kind, text string) {
	h.Helper()
	if c = h.call(user, c); c.Kind != kind || !strings.Contains(c.Message, text) {
		h.Errorf("%s as %s: got %q %q, want %q …%s…", c.Method, user, c.Kind, c.Message, kind, text)
	}
}
