// Package machine gives tests a real Debian host with systemd as process 1,
// and throws it away after them.
//
// A machine is a systemd-nspawn container that boots a Debian root of its own:
// logind, D-Bus, polkit, cron, Apache, Postgres and users are the real ones.
// [Root] builds the root once and caches it; each machine writes to an overlay
// over it, so that no test sees what another did.
//
//	host := machine.New(t, machine.Bookworm)
//	host.AddUser(ctx, "bob")
//	out, err := host.As("bob").Output(ctx, "id", "-un")
//	page, err := host.HTTPClient().Get("https://eco.example.ac.uk/")
//
// It needs root, cgroup v2 (a hybrid layout will do), and Debian's packages
// mmdebstrap and systemd-container. A machine has no network but its own
// loopback interface; [Machine.DialContext] reaches it from the test.
//
// What a machine cannot show: on a host whose controllers are on cgroup v1 its
// own controller list is empty and resource limits have no effect inside, and
// some sandbox settings pass in a container that fail on real hardware.
//
// A root has Apache with mod_ssl, its default https site and a certificate for
// [HostName] that both curl inside and [Machine.HTTPClient] trust, a Postgres
// cluster, and supervisor: installed, but not started at boot. The journal is
// persistent and cron runs.
package machine
