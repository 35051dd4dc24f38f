package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/policy"
	"ecounit/plan"
)

// fake is a host service below a folder: it keeps records and includes as the
// real one does, and notes who asked for what in the file "calls".
type fake struct {
	place
	account string
	uid     int
}

// testPlace is a place below root whose service is a fake.
func testPlace(root string) place {
	p := place{root: root}
	p.dial = func(context.Context) (service, error) {
		if _, err := os.Stat(filepath.Join(root, "down")); err == nil {
			return nil, &host.Error{Kind: host.Failed, Message: "the host service does not answer: it is down", Fix: "systemctl status ecounit-hostd"}
		}
		return &fake{p, "alice", testUID}, nil
	}
	p.run = p.pretend
	return p
}

// pretend runs the programs of setup: each leaves behind what it would.
func (p place) pretend(_ context.Context, argv ...string) (string, error) {
	p.note("run " + strings.Join(argv, " "))
	leave := func(format string, names ...string) error {
		for _, name := range names {
			path := filepath.Join(p.root, fmt.Sprintf(format, name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, nil, 0o600)); err != nil {
				return err
			}
		}
		return nil
	}
	switch argv[0] + " " + argv[1] {
	case "hostname -f":
		return "Eco.Example.ac.uk\n", nil
	case "a2enmod --quiet":
		return "", leave("/etc/apache2/mods-enabled/%s.load", argv[2:]...)
	case "a2enconf --quiet":
		return "", leave("/etc/apache2/conf-enabled/%s.conf", argv[2:]...)
	case "systemctl enable":
		return "", leave("/etc/systemd/system/%s", "multi-user.target.wants/ecounit-boot.service", "timers.target.wants/ecounit-reconcile.timer")
	case "systemctl start":
		return "", os.MkdirAll(p.store().Sites(), 0o700)
	case "apache2ctl configtest":
		said, err := os.ReadFile(filepath.Join(p.root, "mistake"))
		if err == nil {
			err = errors.New("exit status 1")
		} else {
			err = nil
		}
		return string(said), err
	}
	return "", nil
}

func (p place) note(line string) {
	calls, err := os.OpenFile(filepath.Join(p.root, "calls"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	defer calls.Close()
	fmt.Fprintln(calls, line)
}

func (f *fake) Close() {}

func (f *fake) policy() policy.Policy { return f.hosting(f.place.webServer).policy }

func (f *fake) Prepare(context.Context) (string, error) {
	f.note("Prepare")
	return host.SocketDir(f.uid), nil
}

func (f *fake) MakeDatabase(_ context.Context, name string) (host.Database, error) {
	f.note("MakeDatabase " + name)
	return host.Database{}, &host.Error{Kind: host.Refused, Message: "there is no server below a folder"}
}

func (f *fake) UnmakeDatabase(_ context.Context, name string, _, _ uint32) error {
	f.note("UnmakeDatabase " + name)
	return nil
}

func (f *fake) Databases(_ context.Context, account string) ([]host.DatabaseUse, error) {
	all := []host.DatabaseUse{
		{Name: "alice_tasks", Owner: "alice", Bytes: 6 << 30, Connections: 3, Limit: 20, ByUs: true, Warning: "takes more than 5.0G"},
		{Name: "bob_x", Owner: "bob", Bytes: 8 << 20, Revoked: true, Gone: true},
	}
	return slices.DeleteFunc(all, func(d host.DatabaseUse) bool { return account != "" && d.Owner != account }), nil
}

func (f *fake) RevokeDatabases(_ context.Context, account string, undo bool) error {
	f.note(fmt.Sprintf("RevokeDatabases %s %t", account, undo))
	return nil
}

func (f *fake) LimitDatabases(_ context.Context, account string, connections uint32) error {
	f.note(fmt.Sprintf("LimitDatabases %s %d", account, connections))
	return nil
}

func (f *fake) Publish(_ context.Context, r host.Request) (host.Answer, error) {
	f.note("Publish " + r.App + " " + r.Path)
	site := plan.Site{
		Owner: f.account, App: r.App, Path: r.Path, Port: int(r.Port), Prefix: plan.Prefix(r.Prefix), WebSocket: r.WebSocket,
		Timeout: time.Duration(r.Timeout) * time.Second, Auth: r.Auth, HTTPSOnly: r.HTTPSOnly || f.policy().HTTPSOnly,
		BodyLimit: int64(r.BodyLimit), Connections: int(r.Connections),
	}
	if most := f.policy().BodyLimit; most > 0 && (site.BodyLimit == 0 || site.BodyLimit > most) {
		site.BodyLimit = most
	}
	for _, network := range r.AllowFrom {
		site.AllowFrom = append(site.AllowFrom, netip.MustParsePrefix(network))
	}
	if site.Port == 0 {
		site.Socket = host.Socket(f.uid, r.App)
	}
	if strings.HasPrefix(r.Path, "/refused") {
		return host.Answer{}, &host.Error{Kind: host.Refused, Message: "the service does not want it", Fix: "do something else"}
	}
	record := host.Record{Site: site, Account: f.account, UID: f.uid, State: host.Approved, Since: time.Now()}
	if f.policy().Ask {
		record.State = host.Pending
	}
	return f.serve(record)
}

// serve keeps the record and, of an approved site, the include.
func (f *fake) serve(r host.Record) (host.Answer, error) {
	text, err := json.Marshal(r)
	if err == nil {
		err = errors.Join(os.MkdirAll(f.store().Sites(), 0o700), os.WriteFile(f.store().SiteFile(r.ID()), text, 0o600))
	}
	server := f.webServer()
	dir := filepath.Join(f.root, server.IncludeDir())
	if r.State != host.Approved {
		_ = os.Remove(filepath.Join(dir, r.ID()+".conf"))
		return host.Answer{State: string(r.State), Reason: r.Reason, URL: f.policy().SiteURL(r.Path)}, err
	}
	include, renderErr := apache.Render(r.Site, server.Release())
	err = errors.Join(err, renderErr, os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, include.Name), include.Content, 0o600))
	return host.Answer{State: string(r.State), Live: r.Problem == "", Reason: r.Problem, URL: f.policy().SiteURL(r.Path)}, err
}

func (f *fake) change(id string, how func(*host.Record)) (host.Answer, error) {
	record, err := f.store().Site(id)
	if errors.Is(err, fs.ErrNotExist) {
		return host.Answer{}, &host.Error{Kind: host.NoSite, Message: "there is no site " + id}
	}
	how(&record)
	return f.serve(record)
}

func (f *fake) Withdraw(_ context.Context, app string, release bool) error {
	f.note(fmt.Sprint("Withdraw ", app, " ", release))
	id := f.account + "_" + app
	if r, err := f.store().Site(id); err == nil && r.State == host.Rejected && release {
		return &host.Error{Kind: host.Refused, Message: "an administrator rejected it", Fix: "ask your administrator"}
	}
	if _, err := f.change(id, func(r *host.Record) { r.State, r.Problem = host.Reserved, f.still() }); err != nil {
		return err
	}
	if err := f.served(id); err != nil || !release {
		return err
	}
	return os.Remove(f.store().SiteFile(id))
}

// still is why the web server does not let go of a site, which the file "still"
// of the host has.
func (f *fake) still() string {
	text, _ := os.ReadFile(filepath.Join(f.root, "still"))
	return strings.TrimSpace(string(text))
}

func (f *fake) served(id string) error {
	if why := f.still(); why != "" {
		return &host.Error{Kind: host.Served, Message: "recorded, but " + id + " is still served: " + why, Fix: "systemctl restart apache2"}
	}
	return nil
}

func (f *fake) SetPassword(_ context.Context, app, name, hash string) error {
	f.note(fmt.Sprint("SetPassword ", app, " ", name, " ", hash))
	path := filepath.Join(f.root, "passwords-"+app)
	names, _ := f.PasswordNames(context.Background(), app)
	text := ""
	for _, known := range names {
		if known != name {
			text += known + "\n"
		}
	}
	if hash != "" {
		text += name + "\n"
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

func (f *fake) PasswordNames(_ context.Context, app string) ([]string, error) {
	text, _ := os.ReadFile(filepath.Join(f.root, "passwords-"+app))
	return strings.Fields(string(text)), nil
}

func (f *fake) Approve(_ context.Context, id string) (host.Answer, error) {
	f.note("Approve " + id)
	return f.change(id, func(r *host.Record) { r.State, r.Reason = host.Approved, "" })
}

func (f *fake) Reject(_ context.Context, id, reason string) error {
	f.note("Reject " + id + ": " + reason)
	if _, err := f.change(id, func(r *host.Record) { r.State, r.Reason, r.Problem = host.Rejected, reason, f.still() }); err != nil {
		return err
	}
	return f.served(id)
}

func (f *fake) Evict(_ context.Context, id string) error {
	f.note("Evict " + id)
	if err := f.served(id); err != nil {
		return err
	}
	return os.Remove(f.store().SiteFile(id))
}

func (f *fake) Grant(_ context.Context, account, path string, give bool) error {
	f.note(fmt.Sprint("Grant ", account, " ", path, " ", give))
	return nil
}

func (f *fake) Reconcile(context.Context) ([]host.Finding, error) {
	f.note("Reconcile")
	return f.findings()
}

func (f *fake) Check(context.Context) ([]host.Finding, error) {
	f.note("Check")
	return f.findings()
}

// findings are the lines of the file "findings": severity, what and hint with
// bars in between.
func (f *fake) findings() ([]host.Finding, error) {
	found := []host.Finding{{Severity: "ok", What: "apache: runs"}}
	text, _ := os.ReadFile(filepath.Join(f.root, "findings"))
	for line := range strings.Lines(string(text)) {
		words := strings.Split(strings.TrimSpace(line), "|")
		found = append(found, host.Finding{Severity: words[0], What: words[1], Hint: words[2]})
	}
	return found, nil
}

// hostedHome is a user on a host whose administrator set the host service up
// with a policy.
func hostedHome(t *testing.T, rules string) (*home, *command) {
	t.Helper()
	h, c := testHome(t)
	write(t, c.at.policyFile(), rules)
	c.at = testPlace(c.at.root)
	again := c.homeOf(h.Machine)
	*h = *again
	return h, c
}
