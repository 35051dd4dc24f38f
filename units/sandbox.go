package units

import (
	"fmt"
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
		PathList("ReadWritePaths", r.writable()...).
		PathList("InaccessiblePaths", r.wayOut()...)
}

// wayOut are the sockets through which the app could have the user's manager
// start a process that is in no sandbox. The one for sd_notify stays.
func (r *renderer) wayOut() []string {
	runtime := fmt.Sprintf("-/run/user/%d", r.plan.User.UID)
	return []string{runtime + "/systemd/private", runtime + "/bus"}
}

func (r *renderer) writable() []string {
	paths := []string{"-" + r.plan.Directory}
	if w := r.plan.Web; w != nil && w.Site.Socket != "" && !w.Activated {
		paths = append(paths, "-"+path.Dir(w.Site.Socket))
	}
	return paths
}
