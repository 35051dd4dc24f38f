package detect

import (
	"cmp"
	"fmt"
	"slices"

	"ecounit/plan"
)

// Ports of users, unless an administrator says otherwise, lie below those that the kernel gives to outgoing connections
// (32768 and up, ip_local_port_range) and above those of common services. Each
// user has a block of them.
const (
	firstPort   = 10000
	lastPort    = 32767
	portsOfUser = 20
)

// portRange is the block of ports that belongs to a user: the first and the
// last. It follows from the uid alone, so it needs no registry and is the same
// after a new installation. Of the default range, users whose uids are less
// than 1138 apart never share a block; others may, and then the second to come
// takes what is free.
func (k Known) portRange(uid int) (first, last int) {
	from, to := cmp.Or(k.FirstPort, firstPort), cmp.Or(k.LastPort, lastPort)
	size := min(portsOfUser, to-from+1)
	blocks := (to - from + 1) / size
	first = from + int(uint32(uid)%uint32(blocks))*size
	return first, first + size - 1
}

// allows is false for a port that the administrator wants nobody to have, and
// for none.
func (k Known) allows(port int) bool {
	return port != 0 && (k.FirstPort == 0 || port >= k.FirstPort && port <= k.LastPort)
}

// taken says who has a port besides the app itself, or "".
func (k Known) taken(port int) string {
	if app := k.TakenPorts[port]; app != "" {
		return "the app " + app
	}
	if k.PortHolder != nil {
		return k.PortHolder(port)
	}
	return ""
}

// port keeps the app's port, checks the one that is asked for, or chooses one.
func (m Machine) port(need plan.PortNeed, known Known) plan.Port {
	if !need.Wanted {
		return plan.Port{}
	}
	listeners, err := m.listeners()
	if err != nil {
		return plan.Port{Number: need.Number, Problem: err.Error()}
	}
	held := map[int][]int{} // port to uids
	for _, l := range listeners {
		if l.onLoopback() {
			held[l.port] = append(held[l.port], l.uid)
		}
	}
	if need.Number != 0 {
		return m.fixedPort(need.Number, held[need.Number], known)
	}
	stranger := func(uid int) bool { return uid != m.User.UID }
	if kept := known.KeptPort; known.allows(kept) && known.taken(kept) == "" && !slices.ContainsFunc(held[kept], stranger) {
		return plan.Port{Number: kept}
	}
	first, last := known.portRange(m.User.UID)
	for number := first; number <= last; number++ {
		if len(held[number]) == 0 && known.taken(number) == "" {
			return plan.Port{Number: number}
		}
	}
	return plan.Port{
		Problem: fmt.Sprintf("all %d ports of your range, %d to %d, are in use", last-first+1, first, last),
		Hint:    "ecounit list shows which apps have them; disable one, or write listen = PORT with a port of your own choice",
	}
}

// fixedPort checks a port that the descriptor names.
func (m Machine) fixedPort(number int, uids []int, known Known) plan.Port {
	answer := plan.Port{Number: number}
	if holder := known.taken(number); holder != "" {
		answer.Problem = fmt.Sprintf("port %d is held by %s", number, holder)
		answer.Hint = `write listen = "port": a free one is chosen`
		return answer
	}
	for _, uid := range uids {
		switch {
		case uid != m.User.UID:
			answer.Problem = fmt.Sprintf("port %d is held by %s", number, m.UserWords(uid))
			answer.Hint = `write listen = "port": a free one is chosen`
		case number != known.KeptPort:
			answer.Problem = fmt.Sprintf("port %d is held by another program of yours", number)
			answer.Hint = fmt.Sprintf("ss -ltnp 'sport = :%d' shows it; stop it, or write listen = \"port\": a free one is chosen", number)
		}
	}
	return answer
}
