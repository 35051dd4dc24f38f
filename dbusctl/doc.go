// Package dbusctl talks to systemd managers, a user's or the machine's own, and
// to logind over D-Bus.
// It runs no systemctl and no loginctl, and keeps no global state. It must not
// know of apps, descriptors or what a unit file says: it deals in unit names.
//
// Two connections exist, each made once and closed by the caller:
//
//   - Manager, the user's own manager (Connect) or, for root, that of the
//     machine (ConnectSystemManager): unit files, jobs, states;
//   - System, the system bus (ConnectSystem): lingering, and the state of
//     user@UID.service.
//
// # Which library does what
//
// go-systemd makes the plain calls: reload, enable, disable and the lists of
// units. It is given one connection for both of the roles it has, because a
// connection to the private socket costs the manager a millisecond.
//
// godbus is used directly where go-systemd would be wrong or slow:
//
//   - to connect: NewUserConnectionContext trusts DBUS_SESSION_BUS_ADDRESS and
//     starts a bus of its own when it finds none;
//   - for jobs: StartUnitContext holds a lock during the call, so a second job
//     is queued only after the first has begun, and After= between them is
//     lost. Even calls written one right after the other are too late on a busy
//     machine; see wire. It also reads results into a channel that blocks all
//     others when nobody reads it, and says nothing of a lost connection;
//   - for properties: it asks for one at a time, and pipelining a hundred
//     takes as long as asking for five;
//   - for lingering: its login1 has no SetUserLinger and dials by environment.
package dbusctl
