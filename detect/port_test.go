package detect

import (
	"fmt"
	"net"
	"os"
	"slices"
	"testing"

	"ecounit/plan"
)

func TestPortRange(t *testing.T) {
	taken := map[int]int{}
	for uid := 1000; uid < 1000+1138; uid++ {
		first, last := Known{}.portRange(uid)
		if first < 10000 || last > 32767 || last-first != 19 {
			t.Fatalf("uid %d has %d to %d", uid, first, last)
		}
		if other, twice := taken[first]; twice {
			t.Fatalf("uids %d and %d share %d", other, uid, first)
		}
		taken[first] = uid
	}
	for _, uid := range []int{0, 65534, 1<<31 - 1, 1<<32 - 2, -1} {
		if first, last := (Known{}).portRange(uid); first < 10000 || last > 32767 {
			t.Errorf("uid %d has %d to %d", uid, first, last)
		}
	}
	if first, _ := (Known{}).portRange(1000); first != 30000 {
		t.Errorf("the block of uid 1000 moved to %d", first)
	}
}

// socketTable is /proc/net/tcp; lines are "address:port state uid".
func socketTable(t *testing.T, lines ...string) string {
	t.Helper()
	table := "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
	for i, line := range lines {
		var local, state string
		var uid int
		if _, err := fmt.Sscan(line, &local, &state, &uid); err != nil {
			t.Fatal(err)
		}
		table += fmt.Sprintf("%4d: %s 00000000:0000 %s 00000000:00000000 00:00000000 00000000 %5d        0 1234%d 1 0000000000000000 100 0 0 10 0\n", i, local, state, uid, i)
	}
	return table
}

func TestListener(t *testing.T) {
	m := fake(t, map[string]string{
		"/proc/net/tcp": socketTable(t,
			"0100007F:1F40 0A 1000", // 127.0.0.1:8000
			"0500A8C0:1F41 0A 1001", // 192.168.0.5:8001
			"00000000:1F41 0A 1002", // 0.0.0.0:8001
			"0100007F:1F42 01 1003", // 127.0.0.1:8002, connected
			"nonsense 0A 1004", "0100007F:XXXX 0A 1005"),
		"/proc/net/tcp6": socketTable(t,
			"00000000000000000000000000000000:1F43 0A 1006",
			"00000000000000000000000001000000:1F44 0A 1007",
			"0000000000000000FFFF00000100007F:1F45 0A 1008"),
	})
	for port, want := range map[int]string{
		8000: "1000 127.0.0.1 true", 8001: "1002 0.0.0.0 true", 8002: "0  false",
		8003: "1006 :: true", 8004: "1007 ::1 true", 8005: "1008 127.0.0.1 true", 9: "0  false",
	} {
		uid, address, ok, err := m.Listener(port)
		if got := fmt.Sprintf("%d %s %v", uid, address, ok); got != want || err != nil {
			t.Errorf("port %d: %s, %v; want %s", port, got, err, want)
		}
	}
	if _, _, _, err := fake(t, nil).Listener(1); err == nil {
		t.Error("without /proc: want an error")
	}
}

func TestListenerFindsARealOne(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	uid, address, ok, err := Machine{}.Listener(port)
	if uid != os.Geteuid() || address != "127.0.0.1" || !ok || err != nil {
		t.Errorf("got %d %q %v %v", uid, address, ok, err)
	}
	l.Close()
	if _, _, ok, err := (Machine{}).Listener(port); ok || err != nil {
		t.Errorf("after closing: %v %v", ok, err)
	}
}

// given is a registry in which bob has some ports.
func given(ports ...int) func(int) string {
	return func(port int) string {
		if slices.Contains(ports, port) {
			return "bob (app shop)"
		}
		return ""
	}
}

func TestPort(t *testing.T) {
	const alice, bob = "1000", "1002"
	free, fixed := plan.PortNeed{Wanted: true}, plan.PortNeed{Wanted: true, Number: 8000}
	first, last := Known{}.portRange(1000)
	at := func(port int, uid string) string { return fmt.Sprintf("0100007F:%04X 0A %s", port, uid) }
	var full []string
	taken := map[int]string{}
	for port := first; port <= last; port++ {
		if port%2 == 0 {
			full = append(full, at(port, bob))
		} else {
			taken[port] = "other"
		}
	}
	for _, test := range []struct {
		name    string
		need    plan.PortNeed
		sockets []string
		known   Known
		number  int
		problem string
	}{
		{"not needed", plan.PortNeed{}, nil, Known{KeptPort: 30001}, 0, ""},
		{"the first", free, nil, Known{}, first, ""},
		{"after another app and a stranger", free, []string{at(first+1, bob)}, Known{TakenPorts: map[int]string{first: "other"}}, first + 2, ""},
		{"not after a program of one's own", free, []string{at(first, alice)}, Known{}, first + 1, ""},
		{"another interface", free, []string{fmt.Sprintf("0500A8C0:%04X 0A %s", first, bob)}, Known{}, first, ""},
		{"kept", free, nil, Known{KeptPort: 30007}, 30007, ""},
		{"kept, and our own socket holds it", free, []string{at(30007, alice)}, Known{KeptPort: 30007}, 30007, ""},
		{"kept outside of the range", free, nil, Known{KeptPort: 8000}, 8000, ""},
		{"kept, and stolen", free, []string{at(30007, bob)}, Known{KeptPort: 30007}, first, ""},
		{"kept, and another app has it too", free, nil, Known{KeptPort: first, TakenPorts: map[int]string{first: "other"}}, first + 1, ""},
		{"of the administrator's range", free, nil, Known{FirstPort: 20000, LastPort: 20099}, 20000, ""},
		{"of another block of it", free, nil, Known{FirstPort: 20000, LastPort: 20059}, 20020, ""},
		{"of a small range", free, []string{at(20000, bob)}, Known{FirstPort: 20000, LastPort: 20001}, 20001, ""},
		{"of a range with one", free, []string{at(20000, bob)}, Known{FirstPort: 20000, LastPort: 20000}, 0, "all 1 ports of your range, 20000 to 20000, are in use"},
		{"not kept outside of the administrator's range", free, nil, Known{KeptPort: 8000, FirstPort: 20000, LastPort: 20099}, 20000, ""},
		{"kept, and the registry gave it away", free, nil, Known{KeptPort: first, PortHolder: given(first, first+1)}, first + 2, ""},
		{"fixed, and the registry gave it away", fixed, nil, Known{PortHolder: given(8000)}, 8000, "port 8000 is held by bob (app shop)"},
		{"no port left", free, full, Known{TakenPorts: taken}, 0, "all 20 ports of your range, 30000 to 30019, are in use"},
		{"fixed", fixed, nil, Known{}, 8000, ""},
		{"fixed and ours", fixed, []string{at(8000, alice)}, Known{KeptPort: 8000}, 8000, ""},
		{"fixed, another app", fixed, []string{at(8000, alice)}, Known{TakenPorts: map[int]string{8000: "other"}}, 8000, "port 8000 is held by the app other"},
		{"fixed, another user", fixed, []string{at(8000, bob)}, Known{KeptPort: 8000}, 8000, "port 8000 is held by user bob (uid 1002)"},
		{"fixed, on all interfaces", fixed, []string{"00000000:1F40 0A 1002"}, Known{}, 8000, "port 8000 is held by user bob (uid 1002)"},
		{"fixed, an unknown user", fixed, []string{at(8000, "7")}, Known{}, 8000, "port 8000 is held by uid 7"},
		{"fixed, a program of one's own", fixed, []string{at(8000, alice)}, Known{KeptPort: 30000}, 8000, "port 8000 is held by another program of yours"},
		{"fixed, another interface", fixed, []string{"0500A8C0:1F40 0A 1002"}, Known{}, 8000, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := fake(t, map[string]string{"/proc/net/tcp": socketTable(t, test.sockets...)})
			got := m.port(test.need, test.known)
			if got.Number != test.number || got.Problem != test.problem || (got.Problem == "") != (got.Hint == "") {
				t.Errorf("got %+v, want %d %q", got, test.number, test.problem)
			}
		})
	}
	if got := fake(t, nil).port(free, Known{}); got.Problem == "" {
		t.Error("without /proc: want a problem")
	}
}
