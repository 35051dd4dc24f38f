package units

import (
	"path"

	"ecounit/plan"
)

// sandbox writes the directives of a level. Which of them a user manager can
// carry out, silently ignores, or fails on was measured (facts: systemd.md 1).
func (r *renderer) sandbox(s *Section) {
	level := r.plan.Sandbox
	if level == "off" {
		return
	}
	// basic holds what no app of an ordinary user needs.
	s.Bool("NoNewPrivileges", true).Bool("LockPersonality", true).Bool("RestrictRealtime", true)
	if level != "strict" {
		return
	}
	s.Bool("RestrictSUIDSGID", true).
		Bool("RestrictNamespaces", true).
		Words("RestrictAddressFamilies", "AF_UNIX", "AF_INET", "AF_INET6", "AF_NETLINK").
		Word("SystemCallArchitectures", "native").
		Word("SystemCallFilter", "@system-service").
		Word("SystemCallErrorNumber", "EPERM")
	if r.plan.Systemd.Version < plan.PrivateUsers {
		return
	}
	// Without PrivateUsers= the file protections are a silent no-op before 257,
	// and without ProtectHome= the home stays writable.
	s.Bool("PrivateUsers", true).
		Word("ProtectSystem", "strict").
		Word("ProtectHome", "read-only").
		Bool("PrivateTmp", true).
		PathList("ReadWritePaths", r.writable()...)
}

func (r *renderer) writable() []string {
	paths := []string{"-" + r.plan.Directory}
	if w := r.plan.Web; w != nil && w.Site.Socket != "" && !w.Activated {
		paths = append(paths, "-"+path.Dir(w.Site.Socket))
	}
	return paths
}
