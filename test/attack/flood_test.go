//go:build machine

package attack

import (
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"

	"ecounit/host"
)

var generationLine = regexp.MustCompile(`(?m)^ParentServerConfigGeneration: (\d+)$`)

// generation counts the reloads of an Apache.
func (s server) generation() int {
	s.host.t.Helper()
	m := generationLine.FindStringSubmatch(s.get("/server-status?auto").body)
	if m == nil {
		s.host.t.Fatal("Apache does not tell its generation")
	}
	n, err := strconv.Atoi(m[1])
	s.host.must(err)
	return n
}

// flood: a thousand calls. By hand, a program that reloads for each.
func flood(h *machineHost) {
	n := h.naive("# 0")
	before := n.generation()
	const naiveCalls = 8
	for i := range naiveCalls {
		n.paste(fmt.Sprintf("# %d", i+1))
		h.soon(10*time.Second, func() error {
			if n.generation() != before+i+1 {
				return fmt.Errorf("no reload yet")
			}
			return nil
		})
	}
	h.t.Logf("naive: %d calls, %d reloads", naiveCalls, n.generation()-before)

	alice := h.alice.bus()
	before = h.web.generation()
	begin := time.Now()
	counts := h.floods(func() {
		for i := range 6 {
			start := time.Now()
			r := request(h.alice, "p1")
			if i >= 3 {
				r.Timeout = uint32(100 + i)
			}
			a, err := alice.publish(r)
			if err != nil || !a.Live {
				h.t.Errorf("alice in the flood: %+v, %v", a, err)
			}
			took := time.Since(start)
			h.t.Logf("alice's call took %s", took.Round(time.Millisecond))
			// What changes nothing needs no reload; what does shares one.
			if most := []time.Duration{time.Second, 4 * time.Second}[i/3]; took > most && i > 0 {
				h.t.Errorf("alice's call took %s, want at most %s", took, most)
			}
			h.aliceIsServed()
		}
	})
	reloads := h.web.generation() - before
	h.t.Logf("%d calls of mallory and eve in %s: %v; %d reloads", floodCalls, time.Since(begin).Round(time.Millisecond), counts, reloads)
	if reloads > 12 {
		h.t.Errorf("%d reloads", reloads)
	}
	// A new site of hers, as soon as she asks.
	start := time.Now()
	h.publishes(site{h.alice, "fresh", nil})
	h.t.Logf("a new site of alice's after the flood took %s", time.Since(start).Round(time.Millisecond))
	h.web.get("/alice_fresh/").is(200).from("alice/fresh")
}

const floodCalls = 1000

// floods has mallory and eve call a thousand times at once, each call asking
// for something new, and runs something meanwhile. It counts the answers.
func (h *machineHost) floods(during func()) map[string]int {
	h.t.Helper()
	const connections = 10
	answers := make(chan *dbus.Call, floodCalls)
	for i := range connections {
		u := []*user{h.mallory, h.eve}[i%2]
		b := u.bus()
		for j := range floodCalls / connections {
			r := request(u, "p1")
			method, args := "Publish", []any(nil)
			switch j % 5 {
			case 0, 1:
				r.Timeout = uint32(10 + i*100 + j)
			case 2:
				r.App, r.Path = fmt.Sprintf("f%d", j), fmt.Sprintf("/%s_f%d", u.name, j)
			case 3:
				method, args = "Withdraw", []any{fmt.Sprintf("f%d", j-1), true}
			case 4:
				r.App, r.Path, r.Port = "ported", "/"+u.name+"_ported", uint16(10000+j)
			}
			if method == "Publish" {
				args = []any{r}
			}
			b.Object(host.BusName, host.ObjectPath).Go(host.Interface+"."+method, 0, answers, args...)
		}
	}
	during()
	counts := map[string]int{}
	for range floodCalls {
		kind := string(refusedAs((<-answers).Err))
		if kind == "" {
			kind = "done"
		}
		counts[kind]++
	}
	return counts
}

// hoarding: taking more than one's share of names, or one path twice. By hand
// there is no limit to what a script writes: see onBehalf.
func hoarding(h *machineHost) {
	b := h.mallory.bus()
	refused := map[host.Kind]int{}
	for i := range 25 {
		_, err := b.patiently("Publish", request(h.mallory, fmt.Sprintf("hoard%d", i)))
		if err != nil {
			refused[refusedAs(err)]++
			continue
		}
		// Withdrawn, it is still reserved for her.
		if _, err := b.patiently("Withdraw", fmt.Sprintf("hoard%d", i), false); err != nil {
			h.t.Error(err)
		}
	}
	h.t.Logf("refused: %v", refused)
	const sitesPerUser = 10
	records := strings.Fields(h.rootSh("ls /var/lib/ecounit/sites"))
	if hers := slices.DeleteFunc(records, func(name string) bool { return !strings.HasPrefix(name, "mallory_") }); len(hers) > sitesPerUser {
		h.t.Errorf("mallory has %d names: %q", len(hers), hers)
	}
	for i := range 25 {
		_, _ = b.patiently("Withdraw", fmt.Sprintf("hoard%d", i), true) // not all are there
	}

	var all sync.WaitGroup
	var got atomic.Int32
	for i := range 4 {
		b := h.mallory.bus()
		r := request(h.mallory, fmt.Sprintf("race%d", i))
		r.Path = "/mallory_race"
		all.Go(func() {
			if _, err := b.publish(r); err == nil {
				got.Add(1)
			} else if kind := refusedAs(err); kind != host.Taken {
				h.t.Errorf("losing the race: %v", err)
			}
		})
	}
	all.Wait()
	if got.Load() != 1 {
		h.t.Errorf("%d apps have one path", got.Load())
	}
	for i := range 4 {
		_, _ = b.patiently("Withdraw", fmt.Sprintf("race%d", i), true)
	}
}

// reloadStorm: reloads that each leave an open websocket behind, which pins an
// old process of Apache, until there is no room for new ones.
func reloadStorm(h *machineHost) {
	port := freePort()
	h.mallory.backend("ws", fmt.Sprint(port))
	n := h.naive("ServerLimit 4", "StartServers 1", "ThreadsPerChild 25", "MaxRequestWorkers 100",
		fmt.Sprintf(`ProxyPass "/ws" "http://127.0.0.1:%d/ws" upgrade=websocket`, port))
	dead := 0
	for i := range 20 {
		conn, a := n.webSocket("/ws/")
		a.is(101)
		defer conn.Close()
		before := n.log()
		n.reload()
		time.Sleep(300 * time.Millisecond)
		if !n.answers(2 * time.Second) {
			dead = i + 1
			_ = before
			break
		}
	}
	if dead == 0 {
		h.t.Errorf("naive: the server survives 20 reloads with open websockets")
	}
	h.t.Logf("naive: with ServerLimit 4 dead after %d reloads", dead)
	n.stop()

	// As small here. Mallory holds websockets open and publishes as fast as she may.
	h.write("/etc/apache2/conf-enabled/attack-small.conf", "ServerLimit 5\nStartServers 1\nThreadsPerChild 25\nMaxRequestWorkers 125\nMinSpareThreads 5\nMaxSpareThreads 30\n")
	h.rootSh(`grep -q '^\[apache\]' /etc/ecounit/host.toml && sed -i 's/^\[apache\]/[apache]\nserver_limit = 5/' /etc/ecounit/host.toml || printf '[apache]\nserver_limit = 5\n' >> /etc/ecounit/host.toml; systemctl restart apache2`)
	h.afterwards("rm /etc/apache2/conf-enabled/attack-small.conf; sed -i '/^server_limit = 5/d' /etc/ecounit/host.toml; systemctl restart apache2")
	b := h.mallory.bus()
	var open []net.Conn
	generation, reloads := h.web.generation(), 0
	conn, a := h.web.webSocket("/mallory_p1/")
	a.is(101)
	open = append(open, conn)
	end := time.Now().Add(12 * time.Second)
	for i := 0; time.Now().Before(end) && reloads < 8; i++ {
		r := request(h.mallory, "p1")
		r.Timeout = uint32(20 + i)
		_, _ = b.patiently("Publish", r) // may wait, or be told to
		if !h.web.answers(3 * time.Second) {
			h.t.Fatalf("Apache does not answer after %d reloads", reloads)
		}
		if now := h.web.generation(); now != generation {
			reloads += now - generation
			generation = now
			conn, a := h.web.webSocket("/mallory_p1/")
			a.is(101)
			open = append(open, conn)
		}
		h.aliceIsServed()
	}
	h.t.Logf("with ServerLimit 5: %d reloads with %d open websockets in all, and alice was served throughout", reloads, len(open))
	for _, conn := range open {
		conn.Close()
	}
	// With the websockets gone, what waited is published.
	r := request(h.mallory, "p1")
	h.soon(20*time.Second, func() error {
		body, err := b.patiently("Publish", r)
		if err != nil {
			return err
		}
		if live, _ := body[0].([]any)[1].(bool); !live {
			return fmt.Errorf("%v", body)
		}
		return nil
	})
}

// answers reports whether an Apache answers anything in time.
func (s server) answers(within time.Duration) bool {
	done := make(chan bool, 1)
	go func() {
		a, err := s.send("GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		done <- err == nil && a.status > 0
	}()
	select {
	case ok := <-done:
		return ok
	case <-time.After(within):
		return false
	}
}
