package machine

// Suite is a Debian release.
type Suite string

// The releases that machines can run, from the oldest systemd to the newest.
const (
	Bullseye Suite = "bullseye" // Debian 11: systemd 247
	Bookworm Suite = "bookworm" // Debian 12: systemd 252
	Trixie   Suite = "trixie"   // Debian 13: systemd 257
)

// Suites lists every release that machines can run, oldest first.
func Suites() []Suite { return []Suite{Bullseye, Bookworm, Trixie} }

// SystemdVersion is the major version of systemd in the release, or 0 for a
// suite this package does not know.
func (s Suite) SystemdVersion() int {
	switch s {
	case Bullseye:
		return 247
	case Bookworm:
		return 252
	case Trixie:
		return 257
	}
	return 0
}

// packages is what the root of the suite holds besides Debian's essential
// packages and apt.
func (s Suite) packages() []string {
	list := []string{
		"systemd", "systemd-sysv", "dbus", "dbus-user-session", "libpam-systemd",
		"cron", "sudo", "procps", "iproute2", "util-linux", "passwd", "less",
		"apache2", "ssl-cert", "openssl", "ca-certificates", "curl",
		"postgresql",
		"python3", "python3-venv", "python3-flask", "gunicorn",
		"uvicorn", "python3-uvicorn", "python3-starlette", "python3-fastapi", "python3-websockets",
		"nodejs",
		"supervisor",
	}
	switch s {
	case Bullseye:
		list = append(list, "policykit-1")
	case Bookworm:
		list = append(list, "polkitd", "rpm", "dnf", "createrepo-c", "python3-psycopg2")
	default:
		list = append(list, "polkitd", "python3-psycopg2")
	}
	return list
}
