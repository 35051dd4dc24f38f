//go:build machine

package dbusctl

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

func TestInsideWithoutManager(t *testing.T) {
	ctx, s := insideSystem(t)
	if _, err := Connect(ctx, os.Getuid()); !errors.Is(err, ErrNoManager) {
		t.Errorf("Connect: %v", err)
	}
	if on, err := s.Linger(ctx, os.Getuid()); on || err != nil {
		t.Errorf("Linger: %v, %v", on, err)
	}
	state, err := s.UserManagerState(ctx, os.Getuid())
	if err != nil || state.Failure != "" {
		t.Errorf("UserManagerState: %+v, %v", state, err)
	}
	v, err := s.SystemVersion(ctx)
	if want := machine.Suite(os.Getenv("DBUSCTL_INSIDE")).SystemdVersion(); v != want || err != nil {
		t.Errorf("SystemVersion: %d, %v; want %d", v, err, want)
	}
}

func TestInsideLinger(t *testing.T) {
	ctx, s := insideSystem(t)
	start := time.Now()
	if err := s.SetLinger(ctx, os.Getuid(), true); err != nil {
		t.Fatal(err)
	}
	set := time.Since(start)
	m, err := s.WaitForManager(ctx, os.Getuid())
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	t.Logf("measured: SetLinger %v, with WaitForManager %v", set, time.Since(start))
	if _, err := m.Units(ctx, "default.target"); err != nil {
		t.Error(err)
	}
	if on, err := s.Linger(ctx, os.Getuid()); !on || err != nil {
		t.Errorf("Linger: %v, %v", on, err)
	}
	state, err := s.UserManagerState(ctx, os.Getuid())
	if err != nil || state.Failure != "" {
		t.Errorf("UserManagerState: %+v, %v", state, err)
	}
}

func TestInsideLingerDenied(t *testing.T) {
	ctx, s := insideSystem(t)
	const carol = 1002 // who is somebody else
	err := s.SetLinger(ctx, carol, true)
	var denied *DeniedError
	if !errors.As(err, &denied) || !denied.Polkit || !strings.Contains(err.Error(), "loginctl enable-linger carol") {
		t.Errorf("got %v", err)
	}
}

func TestInsideLingerWithoutPolkit(t *testing.T) {
	ctx, s := insideSystem(t)
	err := s.SetLinger(ctx, os.Getuid(), true)
	var denied *DeniedError
	if !errors.As(err, &denied) || denied.Polkit || !strings.Contains(err.Error(), "loginctl enable-linger bob") {
		t.Errorf("got %v", err)
	}
}

func TestInsideFailedManager(t *testing.T) {
	ctx, s := insideSystem(t)
	// Logind answers with the failure on older systems, with success on newer.
	if err := s.SetLinger(ctx, os.Getuid(), true); err != nil {
		t.Log(err)
	}
	_, err := s.WaitForManager(ctx, os.Getuid())
	if err == nil || !strings.Contains(err.Error(), "user@1002.service failed: ") {
		t.Errorf("got %v", err)
	}
	t.Log("measured:", err)
}

func TestInsideLingerOff(t *testing.T) {
	ctx, s := insideSystem(t)
	if err := s.SetLinger(ctx, os.Getuid(), false); err != nil {
		t.Fatal(err)
	}
	if on, err := s.Linger(ctx, os.Getuid()); on || err != nil {
		t.Errorf("Linger: %v, %v", on, err)
	}
	for { // logind lets it run for ten seconds more
		m, err := Connect(ctx, os.Getuid())
		if errors.Is(err, ErrNoManager) {
			return
		}
		if err == nil {
			m.Close()
		}
		select {
		case <-ctx.Done():
			t.Fatal(err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
