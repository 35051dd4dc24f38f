package audit

import (
	"encoding/binary"
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// written has an entry written to a journal, and returns the fields as
// journald reads them.
func written(t *testing.T, e Entry) map[string]string {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "journal")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	log, err := Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if err := log.Write(e); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1<<16)
	n, err := listener.Read(buffer)
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{}
	for rest := buffer[:n]; len(rest) > 0; {
		end := strings.IndexByte(string(rest), '\n')
		name := string(rest[:end])
		rest = rest[end+1:]
		length := binary.LittleEndian.Uint64(rest)
		if _, twice := fields[name]; twice {
			t.Errorf("%s is there twice", name)
		}
		fields[name] = string(rest[8 : 8+length])
		rest = rest[8+length+1:]
	}
	return fields
}

func TestFields(t *testing.T) {
	got := written(t, Entry{
		Action: Publish, User: "alice", UID: 1000, Site: "alice_tasks", Path: "/alice_tasks", Caller: 1000, Details: "approved",
	})
	for name, want := range map[string]string{
		"MESSAGE":            "publish alice_tasks /alice_tasks of alice by uid 1000: approved",
		"PRIORITY":           "6",
		"SYSLOG_IDENTIFIER":  "ecounit-hostd",
		"ECOUNIT_ACTION":     "publish",
		"ECOUNIT_USER":       "alice",
		"ECOUNIT_UID":        "1000",
		"ECOUNIT_SITE":       "alice_tasks",
		"ECOUNIT_PATH":       "/alice_tasks",
		"ECOUNIT_CALLER_UID": "1000",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// No field adds a line or a field, whatever is in it.
func TestHostileText(t *testing.T) {
	const evil = "x\nMESSAGE=forged\nECOUNIT_USER=root\x00\x1b[31m\u202e"
	got := written(t, Entry{Action: Refuse, User: evil, UID: 1000, Site: evil, Path: evil, Caller: 1000, Details: evil})
	if strings.ContainsAny(got["MESSAGE"], "\n\x00\x1b\u202e") {
		t.Errorf("the message is %q", got["MESSAGE"])
	}
	if got["ECOUNIT_USER"] != evil || got["PRIORITY"] != "5" {
		t.Errorf("the user is %q", got["ECOUNIT_USER"])
	}
}

func TestEachActionHasAnIDOfItsOwn(t *testing.T) {
	seen := map[string]bool{}
	for action, id := range messageIDs {
		if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) || seen[id] {
			t.Errorf("%s has %q", action, id)
		}
		seen[id] = true
	}
	for _, action := range []Action{Publish, Withdraw, SetPassword, Approve, Reject, Evict, Grant, Revoke, Depart, Refuse} {
		if messageIDs[action] == "" {
			t.Errorf("%s has none", action)
		}
	}
}

func TestWithoutJournal(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("no error")
	}
}

// A journal that nobody reads takes a few entries and then none.
func TestWhileTheJournalHangs(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "journal")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	log, err := Open(socket)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	for range 1000 {
		if err = log.Write(Entry{Action: Publish}); err != nil {
			return
		}
	}
	t.Error("no error")
}
