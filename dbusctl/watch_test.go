package dbusctl

import (
	"context"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

func (f *fake) changed(unit, face string, props map[string]any) {
	news := map[string]dbus.Variant{}
	for name, v := range props {
		news[name] = dbus.MakeVariant(v)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.conns {
		c.signal(unitPath(unit), "org.freedesktop.DBus.Properties", "PropertiesChanged", face, news, []string{})
	}
}

func TestWatch(t *testing.T) {
	f, m := connected(t)
	f.set(unitPath("web.service"), map[string]any{"ActiveState": "active", "SubState": "running", "MainPID": uint32(7)})
	ctx, cancel := context.WithCancel(shortly(t))
	changes, err := m.Watch(ctx, "web.service")
	if err != nil {
		t.Fatal(err)
	}
	if s := <-changes; s.SubState != "running" || s.MainPID != 7 || s.Failed() {
		t.Errorf("at first: %+v", s)
	}
	f.changed("other.service", unitFace, map[string]any{"ActiveState": "failed"})
	f.changed("web.service", unitFace, map[string]any{"Job": "something else"})
	f.changed("web.service", systemdName+".Service", map[string]any{"Result": "exit-code", "NRestarts": uint32(1)})
	if s := <-changes; s.NRestarts != 1 || s.ActiveState != "active" {
		t.Errorf("after a restart: %+v", s)
	}
	f.changed("web.service", unitFace, map[string]any{"ActiveState": "activating", "SubState": "auto-restart"})
	if s := <-changes; !s.Failed() {
		t.Errorf("after a crash: %+v", s)
	}
	cancel()
	if s, ok := <-changes; ok {
		t.Errorf("after the end: %+v", s)
	}
}

// A reader that comes late gets the last state, and none of those before.
func TestWatchSlowReader(t *testing.T) {
	f, m := connected(t)
	changes, err := m.Watch(shortly(t), "web.service", "worker.service")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		f.changed("web.service", systemdName+".Service", map[string]any{"NRestarts": uint32(i + 1)})
	}
	if _, err := m.Environment(shortly(t)); err == nil { // a reply behind all signals
		t.Fatal("the fake has no environment")
	}
	time.Sleep(20 * time.Millisecond)
	for _, want := range []string{"web.service", "worker.service"} {
		if s := <-changes; s.Name != want || want == "web.service" && s.NRestarts != 1000 {
			t.Errorf("got %+v, want the last state of %s", s, want)
		}
	}
}

func TestWatchEndsWithConnection(t *testing.T) {
	f, m := connected(t)
	changes, err := m.Watch(shortly(t), "web.service")
	if err != nil {
		t.Fatal(err)
	}
	<-changes
	f.drop()
	if _, ok := <-changes; ok {
		t.Error("told a change on a lost connection")
	}
	if _, err := m.Watch(shortly(t), "web.service"); err == nil {
		t.Error("watches over a lost connection")
	}
}

func TestNothingIsLeftRunning(t *testing.T) {
	d := fakeRuntime(t)
	serve(t, d.own("systemd", "private"))
	before := runtime.NumGoroutine()
	for range 20 {
		m, err := d.Connect(shortly(t), os.Getuid())
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			if _, err := m.Watch(ctx, "web.service"); err != nil {
				t.Fatal(err)
			}
			defer cancel()
		}
		if err := m.Start(shortly(t), "web.service"); err != nil {
			t.Fatal(err)
		}
		m.Close()
	}
	for range 200 { // the contexts of shortly and the fake's connections end in a moment
		if runtime.NumGoroutine() <= before+2 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
