package dbusctl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	sd "github.com/coreos/go-systemd/v22/dbus"
	"github.com/godbus/dbus/v5"
)

// ErrNoManager says that the user has no systemd manager at the moment:
// nobody of that name is logged in and lingering is off.
var ErrNoManager = errors.New("no service manager is running")

// Dialer says where the sockets are. The zero value means this machine's.
type Dialer struct {
	RuntimeDir    string // holds a directory for each uid; default /run/user
	SystemBus     string // the system bus's socket; default /run/dbus/system_bus_socket
	SystemPrivate string // the private socket of process 1; default /run/systemd/private
}

// Connect connects to the systemd manager of a user, through the manager's
// private socket or, where there is none, the user's bus. The environment is
// not looked at: XDG_RUNTIME_DIR is empty under cron and another user's under
// su. A directory or socket that belongs to somebody else is refused.
//
// The context limits the connecting only. Errors: ErrNoManager when there is
// no runtime directory or no socket in it.
func Connect(ctx context.Context, uid int) (*Manager, error) {
	return Dialer{}.Connect(ctx, uid)
}

// Connect is Connect with d's directories.
func (d Dialer) Connect(ctx context.Context, uid int) (*Manager, error) {
	dir := filepath.Join(orDefault(d.RuntimeDir, "/run/user"), strconv.Itoa(uid))
	if err := checkOwner(dir, uid); err != nil {
		return nil, connectError(uid, dir, err)
	}
	private := filepath.Join(dir, "systemd", "private")
	l, err := dialOwned(ctx, private, uid, false)
	if err == nil {
		return newManager(ctx, l, uid, true)
	}
	// A manager that is reachable through the bus only: a container into which
	// just the bus was brought, or a private socket left by an ended manager.
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		bus := filepath.Join(dir, "bus")
		l, busErr := dialOwned(ctx, bus, uid, true)
		if busErr == nil {
			return newManager(ctx, l, uid, false)
		}
		if errors.Is(err, fs.ErrNotExist) && !errors.Is(busErr, fs.ErrNotExist) {
			return nil, connectError(uid, bus, busErr)
		}
	}
	return nil, connectError(uid, private, err)
}

func connectError(uid int, path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w for %s: %s does not exist", ErrNoManager, userName(uid), path)
	case errors.Is(err, syscall.ECONNREFUSED):
		err = fmt.Errorf("nothing listens on %s any more: %w", path, syscall.ECONNREFUSED)
	}
	return fmt.Errorf("cannot connect to the service manager of %s: %w", userName(uid), err)
}

// checkOwner refuses what somebody else put there: a manager of another user
// would run our units as that user.
func checkOwner(path string, uid int) error {
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%s is a symbolic link", path)
	}
	if owner := int(info.Sys().(*syscall.Stat_t).Uid); owner != uid {
		return fmt.Errorf("%s belongs to %s", path, userName(owner))
	}
	return nil
}

func dialOwned(ctx context.Context, socket string, uid int, isBus bool) (link, error) {
	if err := checkOwner(socket, uid); err != nil {
		return link{}, err
	}
	return dial(ctx, socket, isBus)
}

// dial connects and authenticates; on a bus it also says Hello, which a
// private socket does not know.
func dial(ctx context.Context, socket string, isBus bool) (link, error) {
	var d net.Dialer
	nc, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		return link{}, err
	}
	w := newWire(nc)
	// Signals in their order: by default those that find a channel full
	// overtake each other.
	conn, err := dbus.NewConn(w, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		nc.Close()
		return link{}, err
	}
	// Auth and Hello take no context; closing the socket ends them.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	// The number, not the name: a name is looked up, which fails for users of
	// a directory service in a program without cgo.
	err = conn.Auth([]dbus.Auth{dbus.AuthExternal(strconv.Itoa(os.Geteuid()))})
	if err == nil && isBus {
		err = conn.Hello()
	}
	if !stop() {
		return link{}, fmt.Errorf("%s does not answer: %w", socket, context.Cause(ctx))
	}
	if err != nil {
		conn.Close()
		return link{}, fmt.Errorf("%s: %w", socket, err)
	}
	return link{conn, w}, nil
}

func newManager(ctx context.Context, l link, uid int, direct bool) (*Manager, error) {
	if !direct {
		const owner = "org.freedesktop.DBus.GetNameOwner"
		if err := l.conn.BusObject().CallWithContext(ctx, owner, 0, systemdName).Err; err != nil {
			l.conn.Close()
			return nil, fmt.Errorf("%w for %s: the bus does not know it: %w", ErrNoManager, userName(uid), err)
		}
	}
	m, err := manage(ctx, l, direct)
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the service manager of %s: %w", userName(uid), err)
	}
	return m, nil
}

// manage gives the connection to go-systemd, or closes it.
func manage(ctx context.Context, l link, direct bool) (*Manager, error) {
	m := &Manager{link: l, direct: direct}
	conn := l.conn
	// NewConnection waits for a reply, again without a context.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	var err error
	m.systemd, err = sd.NewConnection(func() (*dbus.Conn, error) { return conn, nil })
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return m, nil
}

// userName is the user's name for a message.
func userName(uid int) string {
	name := account(uid)
	if name == strconv.Itoa(uid) {
		return "uid " + name
	}
	return name
}

// account is the user's name or, where it cannot be looked up, the number,
// which commands take as well.
func account(uid int) string {
	number := strconv.Itoa(uid)
	if u, err := user.LookupId(number); err == nil {
		return u.Username
	}
	return number
}

func orDefault(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}
