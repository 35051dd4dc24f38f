package host

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/godbus/dbus/v5"
)

// systemBus is where every distribution has it; the environment of a user is
// not asked, as nowhere in ecounit.
const systemBus = "unix:path=/run/dbus/system_bus_socket"

// Client carries a user's questions to the service. It is not for use by
// several goroutines.
type Client struct{ conn *dbus.Conn }

// Connect connects to the system bus; the service starts with the first call.
func Connect(ctx context.Context) (*Client, error) {
	conn, err := dbus.Dial(systemBus, dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the system bus: %w", err)
	}
	// The number, not the name: a program without cgo cannot look up the names
	// of a directory service.
	err = conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))})
	if err == nil {
		err = conn.Hello()
	}
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("cannot connect to the system bus: %w", err)
	}
	return &Client{conn}, nil
}

// Close ends the connection.
func (c *Client) Close() { c.conn.Close() }

// Prepare makes the caller's folder for sockets and returns its path, which is
// "" where the policy wants ports.
func (c *Client) Prepare(ctx context.Context) (dir string, err error) {
	err = c.call(ctx, "Prepare", []any{&dir})
	return dir, err
}

// Publish asks for a site of the caller's, new or changed, and waits until it
// is live, or is known not to be yet.
func (c *Client) Publish(ctx context.Context, r Request) (a Answer, err error) {
	err = c.call(ctx, "Publish", []any{&a}, r)
	return a, err
}

// Withdraw takes a site of the caller's off the web server. Its path stays
// reserved for them unless it is released.
func (c *Client) Withdraw(ctx context.Context, app string, release bool) error {
	return c.call(ctx, "Withdraw", nil, app, release)
}

// SetPassword lets somebody in to a site with basic authentication. hash is
// of bcrypt, as htpasswd -B makes it; an empty one takes the name away.
func (c *Client) SetPassword(ctx context.Context, app, name, hash string) error {
	return c.call(ctx, "SetPassword", nil, app, name, hash)
}

// PasswordNames lists who has a password for the caller's app.
func (c *Client) PasswordNames(ctx context.Context, app string) (names []string, err error) {
	err = c.call(ctx, "PasswordNames", []any{&names}, app)
	return names, err
}

// MakeDatabase makes a database of the caller's, and their role, unless they
// are there. One that belongs to somebody else is a Taken error.
func (c *Client) MakeDatabase(ctx context.Context, name string) (d Database, err error) {
	err = c.call(ctx, "MakeDatabase", []any{&d}, name)
	return d, err
}

// UnmakeDatabase takes back what one MakeDatabase made, by its ids. What was
// there before it, or was made anew since, stays.
func (c *Client) UnmakeDatabase(ctx context.Context, name string, madeRole, madeDatabase uint32) error {
	return c.call(ctx, "UnmakeDatabase", nil, name, madeRole, madeDatabase)
}

// Databases lists those of an account, or all when it is "".
func (c *Client) Databases(ctx context.Context, account string) (all []DatabaseUse, err error) {
	err = c.call(ctx, "Databases", []any{&all}, account)
	return all, err
}

// RevokeDatabases shuts an account out of the server and ends its connections;
// its databases stay. undo lets it in again.
func (c *Client) RevokeDatabases(ctx context.Context, account string, undo bool) error {
	return c.call(ctx, "RevokeDatabases", nil, account, undo)
}

// LimitDatabases sets how many connections an account may have open at once, to
// all databases together; 0 is any number.
func (c *Client) LimitDatabases(ctx context.Context, account string, connections uint32) error {
	return c.call(ctx, "LimitDatabases", nil, account, connections)
}

// Approve has a pending or rejected site served. id is OWNER_APP.
func (c *Client) Approve(ctx context.Context, id string) (a Answer, err error) {
	err = c.call(ctx, "Approve", []any{&a}, id)
	return a, err
}

// Reject refuses a site; one that is served is taken off the web server. The
// owner sees the reason.
func (c *Client) Reject(ctx context.Context, id, reason string) error {
	return c.call(ctx, "Reject", nil, id, reason)
}

// Evict removes a site with its record, so that the path is free.
func (c *Client) Evict(ctx context.Context, id string) error {
	return c.call(ctx, "Evict", nil, id)
}

// Grant gives an account a path outside of its own, or takes it back.
func (c *Client) Grant(ctx context.Context, account, path string, give bool) error {
	return c.call(ctx, "Grant", nil, account, path, give)
}

// Reconcile brings the web server in line with the registry and the policy,
// and drops what belongs to users who are gone.
func (c *Client) Reconcile(ctx context.Context) (found []Finding, err error) {
	err = c.call(ctx, "Reconcile", []any{&found})
	return found, err
}

// Check looks for what keeps sites from being served, and changes nothing.
func (c *Client) Check(ctx context.Context) (found []Finding, err error) {
	err = c.call(ctx, "Check", []any{&found})
	return found, err
}

// call asks once more when the service went away under the question: it exits
// when idle, and every method may be repeated.
func (c *Client) call(ctx context.Context, method string, results []any, args ...any) error {
	object := c.conn.Object(BusName, ObjectPath)
	try := func() error {
		call := object.CallWithContext(ctx, Interface+"."+method, dbus.FlagAllowInteractiveAuthorization, args...)
		if call.Err != nil {
			return call.Err
		}
		return call.Store(results...)
	}
	err := try()
	if wentAway(err) {
		err = try()
	}
	return translate(err)
}

func wentAway(err error) bool {
	var refusal dbus.Error
	return errors.As(err, &refusal) && (refusal.Name == "org.freedesktop.DBus.Error.NoReply" ||
		refusal.Name == "org.freedesktop.DBus.Error.ServiceUnknown")
}

// translate turns an error of the bus into the service's own.
func translate(err error) error {
	var refusal dbus.Error
	if !errors.As(err, &refusal) {
		if err == nil || errors.Is(err, context.Canceled) {
			return err
		}
		return &Error{Kind: Failed, Message: "cannot ask the host service: " + err.Error()}
	}
	words := make([]string, 2)
	for i := range min(len(refusal.Body), len(words)) {
		words[i], _ = refusal.Body[i].(string)
	}
	if kind := kindOf(refusal.Name); kind != "" {
		return &Error{Kind: kind, Message: words[0], Fix: words[1]}
	}
	return &Error{
		Kind:    Failed,
		Message: fmt.Sprintf("the host service does not answer: %s (%s)", words[0], refusal.Name),
		Fix:     "your administrator finds the reason with: systemctl status ecounit-hostd",
	}
}

// Installed says whether this host has the service and an administrator has
// set it up: otherwise includes go to the administrator by hand.
func Installed(policyFile string) bool {
	_, err := os.Stat(policyFile)
	return !errors.Is(err, fs.ErrNotExist)
}
