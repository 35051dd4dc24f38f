//go:build machine

package attack

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"ecounit/host"
)

// hiddenCalls: the service ends between calls. Mallory sends it what its D-Bus
// library answers by itself, loses or dies of, so that it would end during a
// call of Alice's, or not at all.
func hiddenCalls(h *machineHost) {
	const slowly = "/run/systemd/system/ecounit-configtest.service.d"
	h.rootSh("mkdir -p " + slowly + " && printf '[Service]\\nExecStartPre=/bin/sleep 2\\n' > " + slowly + "/slowly.conf && systemctl daemon-reload")
	h.afterwards("rm -r " + slowly + "; systemctl daemon-reload")
	ping := message{to: host.BusName, path: host.ObjectPath, iface: "org.freedesktop.DBus.Peer", member: "Ping"}
	odd := ping
	odd.signature, odd.body = "u", []byte{1, 0, 0, 0}
	prepare := ping
	prepare.iface, prepare.member = host.Interface, "Prepare"
	for i, attack := range []struct {
		name  string
		m     message
		flags byte
		field string
	}{
		{name: "pings with arguments", m: odd},
		{name: "an unknown flag", m: prepare, flags: 1 << 3},
		{name: "an unknown field", m: prepare, field: "\xc8\x01s\x00\x01\x00\x00\x00x\x00"},
		{name: "an unknown field of another type", m: prepare, field: "\xc8\x01y\x00\x07"},
	} {
		h.restartService()
		alice, mallory := h.alice.bus(), h.mallory.raw()
		_, err := alice.call("Prepare")
		h.must(err)
		pid := h.servicePID()
		for range 10 {
			h.must(mallory.sendOdd(attack.m, attack.flags, attack.field))
		}
		last, err := mallory.send(ping)
		h.must(err)
		if _, err := mallory.answer(last); err != nil {
			h.t.Logf("%s: the bus no longer talks to mallory: %v", attack.name, err)
		}
		h.answersAndEnds(attack.name, alice, pid, uint32(70+i))
	}
	h.aliceIsServed()
}

// answersAndEnds has the service told to end during a call of Alice's, which is
// answered first.
func (h *machineHost) answersAndEnds(name string, alice bus, pid string, timeout uint32) {
	h.t.Helper()
	answered := make(chan error, 1)
	go func() {
		r := request(h.alice, "tasks")
		r.Timeout = timeout // another one, so that Apache has to be reloaded
		a, err := alice.publish(r)
		if err == nil && !a.Live {
			err = fmt.Errorf("%+v", a)
		}
		answered <- err
	}()
	h.soon(10*time.Second, func() error {
		if got := h.rootSh("systemctl show -p ActiveState --value ecounit-configtest.service"); got != "activating\n" {
			return fmt.Errorf("%s: the web server is not being tested: %s", name, got)
		}
		return nil
	})
	if got := h.servicePID(); got != pid {
		h.t.Errorf("%s: mallory ended the service: process %s is %s now", name, pid, got)
	}
	h.root("systemctl", "kill", "--kill-who=main", "ecounit-hostd.service")
	if err := <-answered; err != nil {
		h.t.Errorf("%s: alice's call ended with %v", name, err)
	}
	h.soon(20*time.Second, func() error {
		if h.servicePID() == pid {
			return fmt.Errorf("%s: the service does not end: it waits for calls that never came", name)
		}
		return nil
	})
}

// servicePID is the process of the host service, or 0.
func (h *machineHost) servicePID() string {
	h.t.Helper()
	return strings.TrimSpace(h.root("systemctl", "show", "-p", "MainPID", "--value", "ecounit-hostd.service"))
}

// sendOdd sends a message with flags, and with another header field as it is on
// the wire.
func (r *raw) sendOdd(m message, flags byte, field string) error {
	body := m.body
	m.body = nil
	r.serial++
	out := m.bytes(r.serial)
	out[2] = flags
	e := encoder{out[:16+binary.LittleEndian.Uint32(out[12:])]}
	if field != "" {
		e.pad(8)
		e.out = append(e.out, field...)
	}
	binary.LittleEndian.PutUint32(e.out[4:], uint32(len(body)))
	binary.LittleEndian.PutUint32(e.out[12:], uint32(len(e.out)-16))
	e.pad(8)
	_, err := r.Write(append(e.out, body...))
	return err
}
