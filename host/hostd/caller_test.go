package hostd

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/admission"
	"ecounit/host/hostd/bus"
	"ecounit/plan"
)

var (
	forUsers          = []string{"Prepare", "Publish", "Withdraw", "SetPassword", "PasswordNames", "MakeDatabase", "UnmakeDatabase"}
	forAdministrators = []string{"Approve", "Reject", "Evict", "Grant", "Databases", "RevokeDatabases", "LimitDatabases", "Reconcile", "Check"}
)

func TestEveryMethodIsTried(t *testing.T) {
	if len(args) != len(methods) || len(forUsers)+len(forAdministrators) != len(methods) {
		t.Errorf("%d methods, of which %d are tried", len(methods), len(args))
	}
}

func TestRootHasNoApps(t *testing.T) {
	s := newTestService(t, "")
	for _, method := range forUsers {
		s.refuses(t, ":root", method, host.Denied, "root publishes none", args[method]...)
	}
}

func TestCallersWithoutAnAccount(t *testing.T) {
	s := newTestService(t, "")
	for _, method := range forUsers {
		s.refuses(t, ":ghost", method, host.Denied, "has no account", args[method]...)
	}
	s.refuses(t, ":lost", "Prepare", host.Failed, "the server is down")
	s.refuses(t, ":gone", "Prepare", host.Denied, "cannot find out who calls")
}

func TestAccountsThatCannotBeInAPath(t *testing.T) {
	s := newTestService(t, "")
	s.refuses(t, ":bob", "Prepare", host.Refused, `"Bob@CAMPUS" cannot be part of a web path`)
	s = newTestService(t, "transport = \"port\"\n[names]\n\"Bob@CAMPUS\" = \"bob\"\n")
	if got, err := s.handle(t.Context(), bus.Call{Sender: ":bob", Method: "Prepare"}); err != nil || got[0] != "" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestGroupsOfThePolicy(t *testing.T) {
	s := newTestService(t, `groups = ["staff", "nothing"]`)
	for _, method := range []string{"Prepare", "Publish"} {
		s.refuses(t, ":alice", method, host.Denied, `"staff"`, args[method]...)
	}
	s = newTestService(t, "transport = \"port\"\ngroups = [\"staff\", \"users\"]\n")
	if _, err := s.handle(t.Context(), bus.Call{Sender: ":alice", Method: "Prepare"}); err != nil {
		t.Error(err)
	}
}

// Nothing is granted while there is no policy, or one with a mistake, and the
// journal says why once.
func TestBrokenPolicy(t *testing.T) {
	s := newTestService(t, "sites_per_usr = 3\n")
	for range 3 {
		s.gate = admission.New(admission.Default, time.Now)
		for _, method := range append([]string{"Approve", "Grant"}, forUsers...) {
			sender := ":alice"
			if method == "Approve" || method == "Grant" {
				sender = ":root"
			}
			s.refuses(t, sender, method, host.BadSetup, "cannot be used", args[method]...)
		}
	}
	if n := strings.Count(s.said.String(), "host.toml:1:1"); n != 1 {
		t.Errorf("the journal has it %d times:\n%s", n, s.said)
	}
	if len(s.identity.decided) > 0 {
		t.Errorf("polkit was asked: %q", s.identity.decided)
	}
}

func TestPolkitDecides(t *testing.T) {
	s := newTestService(t, "")
	for name, test := range map[string]struct {
		decide func(string, map[string]string) (bus.Decision, error)
		kind   host.Kind
		text   string
	}{
		"no":            {func(string, map[string]string) (bus.Decision, error) { return bus.Decision{}, nil }, host.Denied, "does not let you"},
		"password":      {func(string, map[string]string) (bus.Decision, error) { return bus.Decision{Challenge: true}, nil }, host.Denied, "wants a password"},
		"not there":     {func(string, map[string]string) (bus.Decision, error) { return bus.Decision{}, bus.ErrNoPolkit }, host.Denied, "polkit is not running"},
		"does not know": {func(string, map[string]string) (bus.Decision, error) { return bus.Decision{}, errors.New("odd") }, host.Failed, "odd"},
	} {
		t.Run(name, func(t *testing.T) {
			s.gate = admission.New(admission.Default, time.Now)
			s.identity.decide = test.decide
			s.refuses(t, ":alice", "Publish", test.kind, test.text, args["Publish"]...)
			for _, method := range forAdministrators {
				s.refuses(t, ":alice", method, test.kind, test.text, args[method]...)
			}
		})
	}
	s.identity.decide = func(action string, details map[string]string) (bus.Decision, error) {
		if action != host.PublishAction || details["user"] != "alice" || details["app"] != "tasks" || details["path"] != "/alice_tasks" {
			t.Errorf("polkit was asked about %s %v", action, details)
		}
		return bus.Decision{}, nil
	}
	s.refuses(t, ":alice", "Publish", host.Denied, "", args["Publish"]...)
}

func TestRootAdministersWithoutPolkit(t *testing.T) {
	s := newTestService(t, "")
	s.identity.decide = func(string, map[string]string) (bus.Decision, error) { return bus.Decision{}, bus.ErrNoPolkit }
	s.refuses(t, ":root", "Evict", host.NoSite, "", "alice_tasks")
	if _, err := s.handle(t.Context(), bus.Call{Sender: ":root", Method: "Grant", Args: args["Grant"]}); err != nil {
		t.Error(err)
	}
	s.refuses(t, ":root", "Grant", host.Refused, `no account "mallory"`, "mallory", "/wiki", true)
	s.refuses(t, ":root", "Grant", host.Refused, "root publishes none", "root", "/wiki", true)
}

func TestTooManyCalls(t *testing.T) {
	s := newTestService(t, "transport = \"port\"\n")
	refused := 0
	for range 100 {
		_, err := s.handle(t.Context(), bus.Call{Sender: ":alice", Method: "Prepare"})
		var e *host.Error
		if errors.As(err, &e) && e.Kind == host.TooMany {
			refused++
		}
	}
	if refused < 70 {
		t.Errorf("only %d of 100 were refused", refused)
	}
	// A few notes about it, not one for each.
	notes := 0
	buffer := make([]byte, 1<<16)
	for s.journal.SetReadDeadline(time.Now().Add(50*time.Millisecond)) == nil {
		n, err := s.journal.Read(buffer)
		if err != nil {
			break
		}
		if strings.Contains(string(buffer[:n]), "refuse by uid 1000: Prepare: too many calls") {
			notes++
		}
	}
	if notes == 0 || notes > refusalNotes.Burst {
		t.Errorf("%d notes", notes)
	}
}

func TestLongArguments(t *testing.T) {
	s := newTestService(t, "")
	go io.Copy(io.Discard, s.journal) //nolint:errcheck // else there is no room for more notes
	long := strings.Repeat("x", maxWord+1)
	request := func(i int, value any) []any {
		r := requestFor("tasks", "/alice_tasks")
		r[i] = value
		return []any{r}
	}
	for _, call := range []struct {
		method string
		args   []any
	}{
		{"Publish", request(0, long)},
		{"Publish", request(1, long)},
		{"Publish", request(3, long)},
		{"Publish", request(6, []string{long})},
		{"Publish", request(6, make([]string, plan.MaxAllowFrom+1))},
		{"Publish", request(7, long)},
		{"Withdraw", []any{long, false}},
		{"SetPassword", []any{"tasks", long, ""}},
		{"SetPassword", []any{"tasks", "carol", long}},
		{"PasswordNames", []any{long}},
		{"Approve", []any{long}},
		{"Reject", []any{"alice_tasks", strings.Repeat("x", 5*maxWord)}},
		{"Evict", []any{long}},
		{"Grant", []any{long, "/wiki", true}},
		{"Grant", []any{"alice", long, true}},
		{"MakeDatabase", []any{long}},
		{"UnmakeDatabase", []any{long, uint32(1), uint32(2)}},
		{"Databases", []any{long}},
		{"RevokeDatabases", []any{long, false}},
		{"RevokeDatabases", []any{"", false}},
		{"LimitDatabases", []any{long, uint32(1)}},
		{"LimitDatabases", []any{"alice", uint32(1 << 20)}},
	} {
		s.gate = admission.New(admission.Default, time.Now)
		sender := ":alice"
		if slices.Contains(forAdministrators, call.method) {
			sender = ":root"
		}
		s.refuses(t, sender, call.method, host.Invalid, "", call.args...)
	}
}
