package detect

import (
	"fmt"
	"slices"

	"ecounit/plan"
)

// Ports of users lie below those that the kernel gives to outgoing connections
// (32768 and up, ip_local_port_range) and above those of common services. Each
// user has a block of them.
const (
	firstPort   = 10000
	lastPort    = 32767
	portsOfUser = 20
	portBlocks  = (lastPort - firstPort + 1) / portsOfUser
)

// PortRange is the block of ports that belongs to a user: the first and the
// last. It follows from the uid alone, so it needs no registry and is the same
// after a new installation. Users whose uids are less than 1138 apart never
// share a block; others may, and then the second to come takes what is free.
func PortRange(uid int) (first, last int) {
	block := int(uint32(uid) % portBlocks)
	first = firstPort + block*portsOfUser
	return first, first + portsOfUser - 1
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
	if kept := known.KeptPort; kept != 0 && known.TakenPorts[kept] == "" && !slices.ContainsFunc(held[kept], stranger) {
		return plan.Port{Number: kept}
	}
	first, last := PortRange(m.User.UID)
	for number := first; number <= last; number++ {
		if known.TakenPorts[number] == "" && len(held[number]) == 0 {
			return plan.Port{Number: number}
		}
	}
	return plan.Port{
		Problem: fmt.Sprintf("all %d ports of your range, %d to %d, are in use", portsOfUser, first, last),
		Hint:    "ecounit list shows which apps have them; disable one, or write listen = PORT with a port of your own choice",
	}
}

// fixedPort checks a port that the descriptor names.
func (m Machine) fixedPort(number int, uids []int, known Known) plan.Port {
	answer := plan.Port{Number: number}
	if app := known.TakenPorts[number]; app != "" {
		answer.Problem = fmt.Sprintf("port %d is held by the app %s", number, app)
		answer.Hint = `write listen = "port": a free one is chosen`
		return answer
	}
	for _, uid := range uids {
		switch {
		case uid != m.User.UID:
			answer.Problem = fmt.Sprintf("port %d is held by %s", number, m.userWords(uid))
			answer.Hint = `write listen = "port": a free one is chosen`
		case number != known.KeptPort:
			answer.Problem = fmt.Sprintf("port %d is held by another program of yours", number)
			answer.Hint = fmt.Sprintf("ss -ltnp 'sport = :%d' shows it; stop it, or write listen = \"port\": a free one is chosen", number)
		}
	}
	return answer
}
