package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"ecounit/lazy"
)

// fields are what journalctl is asked for; it adds the time by itself.
const fields = "MESSAGE,MESSAGE_ID,PRIORITY,SYSLOG_IDENTIFIER,_PID,_COMM," +
	"_SYSTEMD_USER_UNIT,USER_UNIT,COREDUMP_USER_UNIT,_SYSTEMD_INVOCATION_ID,USER_INVOCATION_ID"

// maxLine bounds what is kept of one line of JSON, in bytes. journald cuts
// what processes print at 48 KiB; every byte of a binary message takes four.
const maxLine = 1 << 20

const defaultPriority = 6 // informational

// record is one entry as journalctl prints it.
type record map[string]json.RawMessage

// parse reads one line of "journalctl -o json".
func parse(line []byte) (Entry, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return Entry{}, fmt.Errorf("cannot understand journalctl: %w", err)
	}
	micro, err := strconv.ParseInt(r.text("__REALTIME_TIMESTAMP"), 10, 64)
	if err != nil {
		return Entry{}, errors.New("cannot understand journalctl: an entry without a time")
	}
	e := Entry{
		Time:         time.UnixMicro(micro),
		Unit:         r.text("_SYSTEMD_USER_UNIT"),
		Identifier:   r.text("SYSLOG_IDENTIFIER"),
		Priority:     defaultPriority,
		MessageID:    r.text("MESSAGE_ID"),
		InvocationID: r.text("_SYSTEMD_INVOCATION_ID"),
	}
	for _, about := range []string{"USER_UNIT", "COREDUMP_USER_UNIT"} {
		if unit := r.text(about); unit != "" {
			e.Unit, e.Manager = unit, true
			e.InvocationID = r.text("USER_INVOCATION_ID")
		}
	}
	if e.Identifier == "" {
		e.Identifier = r.text("_COMM")
	}
	if n, err := strconv.Atoi(r.text("PRIORITY")); err == nil && n >= 0 && n <= 7 {
		e.Priority = n
	}
	if n, err := strconv.Atoi(r.text("_PID")); err == nil && n > 0 {
		e.PID = n
	}
	e.Message = r.text("MESSAGE")
	e.Omitted = string(r["MESSAGE"]) == "null"
	return e, nil
}

// text is the value of a field; of several values it is the first.
func (r record) text(field string) string {
	value, _ := decode(r[field], true)
	return value
}

// decode reads a value in one of the forms of journalctl(1), json: a string,
// the bytes of what is not printable text as a list of numbers, or a list of
// these for a field that the entry has more than once.
func decode(raw json.RawMessage, lists bool) (string, bool) {
	var text string
	if len(raw) == 0 || raw[0] == 'n' {
		return "", false
	}
	if raw[0] == '"' {
		return text, json.Unmarshal(raw, &text) == nil
	}
	var octets []byte
	if json.Unmarshal(raw, &octets) == nil {
		return string(octets), true
	}
	var list []json.RawMessage
	if lists && json.Unmarshal(raw, &list) == nil {
		for _, item := range list {
			if value, ok := decode(item, false); ok {
				return value, true
			}
		}
	}
	return "", false
}

var stamp = lazy.Regexp(`"__REALTIME_TIMESTAMP"\s*:\s*"(\d{1,18})"`)

// parseStream reads entries to the end. A line that is too long becomes an
// entry without a message; what never had a message is left out.
func parseStream(from io.Reader, emit func(Entry) error) error {
	reader := bufio.NewReaderSize(from, 64<<10)
	var line []byte
	var last time.Time
	for {
		part, err := reader.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine+1-len(line))]...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(bytes.TrimSpace(line)) > 0 {
			e, parseErr := parseLine(line, last)
			if parseErr != nil {
				return parseErr
			}
			last = e.Time
			if e.Message != "" || e.Omitted {
				if err := emit(e); err != nil {
					return err
				}
			}
		}
		line = line[:0]
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func parseLine(line []byte, last time.Time) (Entry, error) {
	if len(line) <= maxLine {
		return parse(line)
	}
	e := Entry{Time: last, Priority: defaultPriority, Omitted: true}
	if found := stamp().FindSubmatch(line); found != nil {
		if micro, err := strconv.ParseInt(string(found[1]), 10, 64); err == nil {
			e.Time = time.UnixMicro(micro)
		}
	}
	return e, nil
}
