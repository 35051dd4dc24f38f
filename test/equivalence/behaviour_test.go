//go:build machine

package equivalence

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// behaviour is what a program saw and did, as texts that can be compared.
type behaviour map[string]string

// behaviours are those of programs.
type behaviours map[string]behaviour

func (b behaviours) of(program string) behaviour {
	if b[program] == nil {
		b[program] = behaviour{}
	}
	return b[program]
}

func (b behaviours) add(others behaviours) {
	for program, of := range others {
		for key, value := range of {
			b.of(program)[key] = value
		}
	}
}

// without takes out the name of the account.
func (b behaviours) without(user string) behaviours {
	clean := strings.NewReplacer(user, "USER")
	for _, of := range b {
		for key, value := range of {
			of[key] = clean.Replace(value)
		}
	}
	return b
}

// record is a line that the probe wrote.
type record struct {
	What, Who, Key, Value, Signal string
	Run, PID, Number              int
	Since                         float64
	Status                        *int

	Arguments            []string
	Directory, User      string
	Umask                string
	Environment          map[string]string
	Groups               []string
	OpenFiles            int  `json:"open files"`
	LeadsItsProcessGroup bool `json:"leads its process group"`
	MayGainPrivileges    bool `json:"may gain privileges"`
	Nice                 int
	Descriptors          []int
}

func behavioursOf(t *testing.T, records string, isAlive func(pid string) bool) behaviours {
	t.Helper()
	b := behaviours{}
	program := ""
	for line := range strings.Lines(records) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Errorf("%v: %s", err, line)
			continue
		}
		if r.What == "start" {
			program = r.Arguments[0]
		}
		b.of(program).add(r, isAlive(strconv.Itoa(r.PID)))
	}
	return b
}

// add notes a record; its process may be alive after the stop.
func (b behaviour) add(r record, isAlive bool) {
	of := ""
	if r.Who != "main" {
		of = r.Who + ": "
	}
	switch r.What {
	case "start":
		b.start(r)
		b["last run"] = "killed, or runs"
		if isAlive {
			b["last run"] = "runs"
		}
	case "saw":
		b[r.Key] = r.Value
	case "child":
		b["child: after the stop"] = "gone"
		if isAlive {
			b["child: after the stop"] = "runs"
		}
	case "signal":
		b[of+"signals"] = strings.TrimSpace(b[of+"signals"] + " " + signals[r.Number])
	case "waits":
		b["waits"] = fmt.Sprintf("%.2f", r.Since)
	case "end":
		how := "dies of " + r.Signal
		if r.Status != nil {
			how = fmt.Sprintf("exits %d", *r.Status)
		}
		if of != "" {
			b[of+"end"] = how
			return
		}
		if r.Run == 1 {
			b["first run"] = how
		}
		b["last run"] = how
	}
}

func (b behaviour) start(r record) {
	runs, _ := strconv.Atoi(b["runs"])
	b["runs"] = strconv.Itoa(runs + 1)
	if runs > 0 {
		return // it sees the same
	}
	for i, word := range r.Arguments {
		b[fmt.Sprintf("argument %d", i)] = word
	}
	for name, value := range r.Environment {
		b["variable "+name] = value
	}
	slices.Sort(r.Groups)
	for key, value := range map[string]any{
		"directory": r.Directory, "umask": r.Umask, "user": r.User, "groups": r.Groups, "open files": r.OpenFiles, "nice": r.Nice,
		"leads its process group": r.LeadsItsProcessGroup, "may gain privileges": r.MayGainPrivileges, "descriptors": r.Descriptors,
	} {
		b[key] = fmt.Sprint(value)
	}
}

var signals = map[int]string{1: "HUP", 2: "INT", 3: "QUIT", 10: "USR1", 12: "USR2", 15: "TERM", 18: "CONT", 28: "WINCH"}
