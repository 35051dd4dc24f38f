// Package audit writes what was changed, and what was refused, into the
// journal, with fields that can be asked for: journalctl ECOUNIT_USER=alice.
//
// It must not decide anything, nor know how.
package audit

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"ecounit/host/hostd/oneline"
)

// JournalSocket takes entries in journald's own protocol, where every value
// has its length and none can add a field.
const JournalSocket = "/run/systemd/journal/socket"

// Action is what happened.
type Action string

// The actions.
const (
	Publish         Action = "publish"
	Withdraw        Action = "withdraw"
	SetPassword     Action = "set-password"
	Approve         Action = "approve"
	Reject          Action = "reject"
	Evict           Action = "evict"
	Grant           Action = "grant"
	Revoke          Action = "revoke"
	MakeDatabase    Action = "make-database"
	UnmakeDatabase  Action = "unmake-database"
	RevokeDatabases Action = "revoke-databases"
	AllowDatabases  Action = "allow-databases"
	LimitDatabases  Action = "limit-databases"
	Depart          Action = "depart" // the site of a user who is gone
	Refuse          Action = "refuse" // any of the others was refused
)

// messageIDs tell the kinds of entries apart (journald's MESSAGE_ID).
var messageIDs = map[Action]string{ //nolint:gosec // none is a password
	Publish:         "4aa86a0ee29f6e74c6f06727e8070939",
	Withdraw:        "83c4e9f973742436192a2970badafbef",
	SetPassword:     "1ddeff97f4f5fb5181b7f63b705ebb4d",
	Approve:         "112711be3a83e8aa526f527e8b7c7f7a",
	Reject:          "830f849a9220a3d9d572775a754cbc28",
	Evict:           "7b0da36f7be34419048458d8e4b2ad60",
	Grant:           "b803d92189c4747d4740e321cd62225b",
	Revoke:          "63f133416fc66dfc3bc717cd37659fa0",
	MakeDatabase:    "3710514e37c14d5189031698d8f4d664",
	UnmakeDatabase:  "eeed0a8b790c417c96e67aab810ad5ef",
	RevokeDatabases: "01d0c26d438a4f3c9c25dc8916c18469",
	AllowDatabases:  "76e110e7eeb146079036f190a724fe5f",
	LimitDatabases:  "dd4ba128799043f1b7ac9d9f86af54a4",
	Depart:          "a8d12ecd14efebfd1c87a25b8266ed79",
	Refuse:          "db326de1b486e26932852a6dc67c01df",
}

// Entry is one line of the audit.
type Entry struct {
	Action   Action
	User     string // whose site it is
	UID      int
	Site     string // OWNER_APP, or ""
	Path     string
	Database string
	Caller   int // uid
	Details  string
}

// maxText is more than any honest entry has, in characters.
const maxText = 2000

// patience is how long an entry waits for a journal that is busy.
const patience = 2 * time.Second

// Log is a connection to the journal.
type Log struct{ conn net.Conn }

// Open connects to the journal's socket.
func Open(socket string) (*Log, error) {
	conn, err := net.Dial("unixgram", socket)
	if err != nil {
		return nil, fmt.Errorf("cannot write to the journal: %w", err)
	}
	return &Log{conn}, nil
}

// Close ends the connection.
func (l *Log) Close() { l.conn.Close() }

// Write writes an entry. A change is not undone because it could not be
// noted: the error is for showing.
func (l *Log) Write(e Entry) error {
	const info, notice = "6", "5"
	priority := info
	if e.Action == Refuse {
		priority = notice
	}
	var b bytes.Buffer
	for _, f := range [][2]string{
		{"MESSAGE", e.text()},
		{"MESSAGE_ID", messageIDs[e.Action]},
		{"PRIORITY", priority},
		{"SYSLOG_IDENTIFIER", "ecounit-hostd"},
		{"ECOUNIT_ACTION", string(e.Action)},
		{"ECOUNIT_USER", e.User},
		{"ECOUNIT_UID", strconv.Itoa(e.UID)},
		{"ECOUNIT_SITE", e.Site},
		{"ECOUNIT_PATH", e.Path},
		{"ECOUNIT_DATABASE", e.Database},
		{"ECOUNIT_CALLER_UID", strconv.Itoa(e.Caller)},
	} {
		if f[1] != "" {
			field(&b, f[0], f[1])
		}
	}
	// A journal that hangs must not hold up who publishes.
	err := l.conn.SetWriteDeadline(time.Now().Add(patience))
	if err == nil {
		_, err = l.conn.Write(b.Bytes())
	}
	if err != nil {
		return fmt.Errorf("cannot write to the journal: %w", err)
	}
	return nil
}

// text is the entry for people, in one line.
func (e Entry) text() string {
	words := []string{string(e.Action)}
	for _, w := range []string{e.Site, e.Path, e.Database} {
		if w != "" {
			words = append(words, w)
		}
	}
	if e.User != "" {
		words = append(words, "of "+e.User)
	}
	words = append(words, "by uid "+strconv.Itoa(e.Caller))
	text := strings.Join(words, " ")
	if e.Details != "" {
		text += ": " + e.Details
	}
	return oneline.Of(text, maxText)
}

// field writes a field in the form with a length, which takes any bytes.
func field(b *bytes.Buffer, name, value string) {
	b.WriteString(name)
	b.WriteByte('\n')
	_ = binary.Write(b, binary.LittleEndian, uint64(len(value))) // to a buffer
	b.WriteString(value)
	b.WriteByte('\n')
}
