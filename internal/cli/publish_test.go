package cli

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ecounit/host"
	"ecounit/internal/terminal"
	"ecounit/internal/webserver"
	"ecounit/plan"
)

// siteOf is the site of alice's app tasks, as planned.
func siteOf(changes ...func(*plan.Site)) *plan.Plan {
	site := plan.Site{
		Owner: "alice", App: "tasks", Path: "/alice_tasks", Socket: host.Socket(testUID, "tasks"),
		Prefix: plan.PrefixKeep, WebSocket: true, Timeout: plan.DefaultTimeout,
	}
	for _, change := range changes {
		change(&site)
	}
	return &plan.Plan{Name: "tasks", Web: &plan.Web{Site: site}}
}

// publishes has enable's part about the site done, and returns its words, the
// exit code, and what the service was asked.
func publishes(t *testing.T, h *home, c *command, p *plan.Plan) (said string, code int, asked string) {
	t.Helper()
	calls := filepath.Join(c.at.root, "calls")
	_ = os.Remove(calls)
	var out, messages bytes.Buffer
	c.Streams = terminal.Streams{Out: &out, Err: &messages}
	change := h.toPublish(p)
	err := c.carryOutSite(context.Background(), h, p, &change)
	if err == nil {
		r := &enableReport{command: c, loaded: &loaded{plan: p}}
		r.end(h, change)
		err = change.err()
	} else {
		c.Fail(err)
	}
	text, _ := os.ReadFile(calls)
	return messages.String(), exitCode(context.Background(), err), string(text)
}

const eco = "base_url = \"https://eco.example.ac.uk\"\n"

func TestPublish(t *testing.T) {
	type step struct {
		name        string
		before      func(*testing.T, *command)
		app         *plan.Plan
		said        string
		code        int
		asked       string
		publication webserver.Publication // as status says afterwards
	}
	record := func(change func(*host.Record)) func(*testing.T, *command) {
		return func(t *testing.T, c *command) {
			f := &fake{c.at, "alice", testUID}
			if _, err := f.change("alice_tasks", change); err != nil {
				t.Fatal(err)
			}
		}
	}
	rules := func(text string) func(*testing.T, *command) {
		return func(t *testing.T, c *command) { write(t, c.at.policyFile(), text) }
	}
	h, c := hostedHome(t, eco)
	const (
		asks    = "Publish tasks /alice_tasks\n"
		done    = "ok     published    https://eco.example.ac.uk/alice_tasks/\n"
		nothing = "ok     tasks        is as it should be, nothing to do\n"
	)
	strict := siteOf(func(s *plan.Site) { s.HTTPSOnly = true })
	basic := siteOf(func(s *plan.Site) { s.HTTPSOnly, s.Auth = true, plan.AuthBasic })
	for _, s := range []step{
		{"for the first time", nil, siteOf(), done, 0, asks, webserver.Published},
		{"again", nil, siteOf(), nothing, 0, "", webserver.Published},
		{"other settings", nil, strict, done, 0, asks, webserver.Published},
		{"the policy wants no more than that", rules(eco + "https_only = true\n"), strict, nothing, 0, "", webserver.Published},
		{"the policy wants what the app does not ask for", nil, siteOf(), nothing, 0, "", webserver.Published},
		{"the policy wants something else", rules(eco + "https_only = true\nbody_limit = \"1M\"\n"), siteOf(), done, 0, asks, webserver.Published},
		{"again under that policy", nil, siteOf(), nothing, 0, "", webserver.Published},
		{"the include is lost", func(t *testing.T, c *command) {
			if err := os.Remove(filepath.Join(c.at.root, c.at.webServer().Installed("alice_tasks.conf"))); err != nil {
				t.Fatal(err)
			}
		}, siteOf(), done, 0, asks, webserver.Published},
		{
			"it is not served", record(func(r *host.Record) { r.Problem = "the configuration of Apache has a mistake" }),
			siteOf(), done, 0, asks, webserver.Published,
		},
		{
			"rejected", record(func(r *host.Record) { r.State, r.Reason = host.Rejected, "not during the term" }),
			siteOf(), "no     rejected     not during the term\n", 5, "", rejected,
		},
		{"rejected, and changed", nil, basic, done + "note   passwords    nobody is let in yet; for each person type: ecounit passwd tasks NAME\n", 0, asks, webserver.Published},
		{"withdrawn before", record(func(r *host.Record) { r.State = host.Reserved }), basic, done + "note   passwords    nobody is let in yet; for each person type: ecounit passwd tasks NAME\n", 0, asks, webserver.Published},
		{"evicted, and not yet let go", record(func(r *host.Record) { r.State, r.Leaving = host.Rejected, true }), basic, done + "note   passwords    nobody is let in yet; for each person type: ecounit passwd tasks NAME\n", 0, asks, webserver.Published},
		{"approval is needed now", rules("approval = \"ask\"\n"), siteOf(), "note   published    waits for approval by the administrator\n", 5, asks, pending},
		{"still waiting", nil, siteOf(), "note   published    waits for approval by the administrator\n", 5, "", pending},
		{"approval is not needed any more", rules(eco), siteOf(), done, 0, asks, webserver.Published},
		{"the policy is broken, and nothing changed", rules("approve = 1\n"), siteOf(), nothing, 0, "", webserver.Published},
		{
			"the policy is broken, and something changed", nil, basic,
			"note   not live     the administrator's policy has a mistake (POLICY:1:1): unknown key `approve` at the top\n", 5, "", webserver.Outdated,
		},
		{"the service is down", func(t *testing.T, c *command) {
			rules(eco)(t, c)
			write(t, filepath.Join(c.at.root, "down"), "")
		}, basic, "error: tasks runs, but is not published: the host service does not answer: it is down\nhint: systemctl status ecounit-hostd\n", 1, "", webserver.Outdated},
		{"it refuses", func(t *testing.T, c *command) {
			if err := os.Remove(filepath.Join(c.at.root, "down")); err != nil {
				t.Fatal(err)
			}
		}, siteOf(func(s *plan.Site) { s.Path = "/refused" }), "error: tasks runs, but is not published: the service does not want it\nhint: do something else\n", 1, "Publish tasks /refused\n", webserver.Outdated},
		{"the app has no address any more", nil, &plan.Plan{Name: "tasks"}, "ok     withdrawn    /alice_tasks stays reserved for you; --release gives it up\n", 0, "Withdraw tasks false\n", ""},
		{"and again", nil, &plan.Plan{Name: "tasks"}, nothing, 0, "", ""},
	} {
		if s.before != nil {
			s.before(t, c)
		}
		*h = *c.homeOf(h.Machine) // a new run
		said, code, asked := publishes(t, h, c, s.app)
		if said = strings.ReplaceAll(said, c.at.policyFile(), "POLICY"); said != s.said || code != s.code || asked != s.asked {
			t.Errorf("%s: exit %d, it said\n%s\nand asked %q", s.name, code, said, asked)
		}
		if s.app.Web == nil {
			continue
		}
		*h = *c.homeOf(h.Machine)
		if got := h.standing(s.app.Web.Site, nil); got.Publication != s.publication {
			t.Errorf("%s: status says %s, %s", s.name, got.Publication, got.Reason)
		}
	}
}

// TestPublishedByHand: the include was there before the host service was.
func TestPublishedByHand(t *testing.T) {
	h, c := hostedHome(t, eco)
	p := siteOf()
	write(t, filepath.Join(c.at.root, h.webServer().Installed("alice_tasks.conf")), "include\n")
	write(t, h.places.IncludeFile("tasks", "alice_tasks.conf"), "include\n")
	if got := h.standing(p.Web.Site, nil); got.Publication != webserver.Published || got.URL != "https://eco.example.ac.uk/alice_tasks/" {
		t.Errorf("%+v", got)
	}
	if change := h.toPublish(p); change.action != "publish" {
		t.Error("the registry is not asked to take it over")
	}
}

func TestStoppedWebServer(t *testing.T) {
	h, c := hostedHome(t, eco)
	p := siteOf()
	publishes(t, h, c, p)
	write(t, filepath.Join(c.at.root, "sys/fs/cgroup/system.slice/other.service/cgroup.procs"), "1\n")
	if got := h.standing(p.Web.Site, nil); got.Publication != waiting || got.Reason != "httpd.service does not run" {
		t.Errorf("%+v", got)
	}
	write(t, filepath.Join(c.at.root, "sys/fs/cgroup/system.slice/httpd.service/cgroup.procs"), "1\n")
	if got := h.standing(p.Web.Site, nil); got.Publication != webserver.Published {
		t.Errorf("%+v", got)
	}
}

func TestWithdraw(t *testing.T) {
	h, c := hostedHome(t, eco)
	p := siteOf()
	withdraws := func(release bool) (siteChange, string) {
		t.Helper()
		var messages bytes.Buffer
		c.Err = &messages
		_, change, _ := c.toDisable(h, "tasks", release)
		if change.action != "" {
			if err := c.withdraw(context.Background(), h.hosting(), "tasks", h.User, &change); err != nil {
				t.Fatal(err)
			}
		}
		c.sayWithdrawn(change)
		return change, messages.String()
	}
	publishes(t, h, c, p)
	write(t, filepath.Join(c.at.root, "down"), "")
	change, said := withdraws(false)
	const still = "note   published    still, at https://eco.example.ac.uk/alice_tasks/, as an app that is down: the host service does not answer: it is down\nhint: systemctl status ecounit-hostd\n"
	if said != still || exitCode(context.Background(), change.err()) != exitUnpublished {
		t.Errorf("while the service is down: %v, %q", change.err(), said)
	}
	_ = os.Remove(filepath.Join(c.at.root, "down"))
	write(t, filepath.Join(c.at.root, "still"), "waits: no room\n")
	for range 2 { // also when it is typed again
		change, said = withdraws(false)
		const served = "note   published    still, at https://eco.example.ac.uk/alice_tasks/, as an app that is down: " +
			"recorded, but alice_tasks is still served: waits: no room\nhint: an administrator types: systemctl restart apache2\n"
		if said != served || exitCode(context.Background(), change.err()) != exitUnpublished {
			t.Errorf("while the web server goes on: %v, %q", change.err(), said)
		}
	}
	_ = os.Remove(filepath.Join(c.at.root, "still"))
	for _, test := range []struct {
		release      bool
		action, said string
	}{
		{false, "withdraw", "ok     withdrawn    /alice_tasks stays reserved for you; --release gives it up\n"},
		{false, "", ""},
		{true, "release", "ok     withdrawn    /alice_tasks is free for others now\n"},
		{true, "", ""},
	} {
		if change, said := withdraws(test.release); change.action != test.action || said != test.said || change.err() != nil {
			t.Errorf("%+v: %q, %q, %v", test, change.action, said, change.err())
		}
	}
	publishes(t, h, c, p)
	if err := (&fake{c.at, "alice", testUID}).Reject(context.Background(), "alice_tasks", "no"); err != nil {
		t.Fatal(err)
	}
	if change, said := withdraws(false); change.action != "" || said != "" {
		t.Errorf("a rejected site: %q, %q", change.action, said)
	}
	change, said = withdraws(true)
	if said != "note   released     /alice_tasks is not: an administrator rejected it\nhint: ask your administrator\n" || change.found.Publication != rejected || exitCode(context.Background(), change.err()) != exitUnpublished {
		t.Errorf("a rejected site is released: %+v, %q", change, said)
	}
}

func TestPrepareSockets(t *testing.T) {
	for rules, want := range map[string]string{
		"":                     host.SocketDir(testUID),
		"transport = \"port\"": "",
		"transport = 1":        "",
	} {
		h, c := hostedHome(t, rules)
		d := parsed(t, "name = \"tasks\"\n[web]\ncommand = \"serve ${FD}\"\n")
		c.prepareSockets(context.Background(), h, d)
		_, err := os.Stat(filepath.Join(c.at.root, "calls"))
		if got := h.socketDir(h.hosting()); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, asked: %v", rules, got, err == nil)
		}
	}
	h, c := hostedHome(t, "")
	write(t, filepath.Join(c.at.root, "down"), "")
	var messages bytes.Buffer
	c.Err = &messages
	c.prepareSockets(context.Background(), h, parsed(t, "name = \"tasks\"\n[web]\nasgi = \"a\"\n"))
	const want = "warning: there is no folder for sockets: the host service does not answer: it is down\nhint: systemctl status ecounit-hostd\n"
	if got := h.socketDir(h.hosting()); got != "" || messages.String() != want {
		t.Errorf("%q, it said %q", got, messages.String())
	}
}

// everything is a site that asks for something by each of its fields.
var everything = plan.Site{
	Owner: "alice", App: "tasks", Path: "/alice_tasks", Port: 20001, Prefix: plan.PrefixStrip, WebSocket: true, Timeout: 90 * time.Second,
	AllowFrom: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}, Auth: "campus", HTTPSOnly: true, BodyLimit: 1 << 20, Connections: 30,
}

func TestRequestHasAllThatTheAppAsksFor(t *testing.T) {
	got := requestFor(everything)
	want := host.Request{
		App: "tasks", Path: "/alice_tasks", Port: 20001, Prefix: "strip", WebSocket: true, Timeout: 90,
		AllowFrom: []string{"192.0.2.0/24"}, Auth: "campus", HTTPSOnly: true, BodyLimit: 1 << 20, Connections: 30,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if requestFor(plan.Site{}).AllowFrom == nil {
		t.Error("an empty list is none on the bus")
	}
}

// TestNoFieldOfASiteIsForgotten: a field that is not in the request is lost on
// hosts with the host service, and one that host show does not say is not seen
// by who approves.
func TestNoFieldOfASiteIsForgotten(t *testing.T) {
	show := func(site plan.Site) string {
		var out bytes.Buffer
		(&command{Streams: terminal.Streams{Out: &out}}).showSite(siteJSON{ID: site.ID(), Record: host.Record{Site: site}})
		return out.String()
	}
	for i := range reflect.TypeFor[plan.Site]().NumField() {
		field := reflect.TypeFor[plan.Site]().Field(i)
		if field.Name == "Socket" { // follows from the user and the app
			continue
		}
		less := everything
		value := reflect.ValueOf(&less).Elem().Field(i)
		if value.IsZero() {
			t.Errorf("%s: give it a value in this test", field.Name)
		}
		value.SetZero()
		// The service knows who calls.
		if field.Name != "Owner" && reflect.DeepEqual(requestFor(less), requestFor(everything)) {
			t.Errorf("%s is not in the request to the host service", field.Name)
		}
		if show(less) == show(everything) {
			t.Errorf("ecounit host show does not show %s", field.Name)
		}
	}
}
