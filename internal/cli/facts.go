package cli

import (
	"ecounit/descriptor"
	"ecounit/detect"
	"ecounit/plan"
)

// facts are those of the machine, and what the host service's policy makes of
// them.
func (h *home) facts(d *descriptor.Descriptor, known detect.Known) plan.Facts {
	s := h.hosting()
	if s == nil {
		return h.Facts(plan.NeedsOf(d), known)
	}
	dir := h.socketDir(s)
	needs := plan.NeedsOf(d)
	if d.Web != nil && len(d.Web.Command) == 0 && d.Web.Listen.Mode == descriptor.ListenAuto && dir != "" {
		needs.Port = plan.PortNeed{} // it gets a socket: nobody needs to read who has which port
	}
	facts := h.Facts(needs, known)
	facts.SocketDir = dir
	facts.Hosted, facts.HTTPSOnly = true, s.policy.HTTPSOnly
	facts.User.Name = s.label(h.User.Name)
	return facts
}
