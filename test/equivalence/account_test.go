//go:build machine

package equivalence

import (
	"encoding/json"
	"path"
	"regexp"
	"slices"
	"strings"

	"ecounit/test/scene"
)

// account is a home directory with the programs and their configuration.
type account struct {
	*scene.User
	states map[string]string
	seenBy behaviours
}

// started is a variable of the shell in which supervisord is started, and
// ecounit import.
const started = "STARTED=by hand"

func newAccount(h *scene.Host, name, config string) account {
	u := h.User(name)
	u.Write("probe", read(h.T, "testdata/probe"))
	u.Write("quick", read(h.T, "testdata/quick"))
	u.Write("supervisord.conf", strings.ReplaceAll(config, "USER", name))
	u.Write("conf.d/included.conf", read(h.T, "testdata/conf.d/included.conf"))
	u.Sh("chmod 755 probe quick && mkdir -p base/inner logs auto records && echo 'from before' > logs/merged.out && ! test -e go")
	return account{User: u, states: map[string]string{}}
}

func (a *account) letEnd() { a.Sh("touch go") }

func (a *account) seen() behaviours { return a.seenBy }

// collect reads what the programs recorded, which of them still run, and what
// they wrote.
func (a *account) collect() {
	records := a.Sh("cat records/*")
	pids := strings.Fields(a.Sh("ps -o pid= -u $(id -u)"))
	b := behavioursOf(a.Host.T, records, func(pid string) bool { return slices.Contains(pids, pid) })
	for program, state := range a.states {
		b.of(program)["state"] = state
	}
	a.files(b)
	a.journal(b)
	a.seenBy = b.without(a.Name)
}

// files adds what is in the log files. Their names begin with the program's.
func (a *account) files(b behaviours) {
	// supervisor makes an empty file for each program.
	const find = `find logs base auto -type f ! -name '*.toml' ! \( -empty -path 'auto/*' \) -printf '%m %p\n' | sort`
	for file := range strings.Lines(a.Sh(find)) {
		mode, name, _ := strings.Cut(strings.TrimSpace(file), " ")
		text, err := a.Host.ReadFile(a.Host.T.Context(), path.Join(a.Home(), name))
		if err != nil {
			a.Host.T.Error(err)
		}
		name = automatic.ReplaceAllString(name, "$1")
		of, _, _ := strings.Cut(strings.Replace(path.Base(name), "-std", " ", 1), ".")
		of, _, _ = strings.Cut(of, " ")
		if b[of] != nil { // it runs here
			b[of]["file "+name], b[of]["mode of "+name] = string(text), mode
		}
	}
}

// automatic is a name that supervisor makes up for a log file.
var automatic = regexp.MustCompile(`(auto/.*)---.*\.log$`)

var printed = regexp.MustCompile(`([a-z0-9-]+): (?:out|err|out again), run \d+`)

// journal adds what the programs printed and the journal got.
func (a *account) journal(b behaviours) {
	uid := strings.TrimSpace(a.Sh("id -u"))
	lines := map[string][]string{}
	for line := range strings.Lines(a.Host.Root("journalctl -q -o json --output-fields=MESSAGE _UID=" + uid)) {
		var entry struct{ Message string }
		if json.Unmarshal([]byte(line), &entry) != nil {
			continue // a message that is not text
		}
		if found := printed.FindStringSubmatch(entry.Message); found != nil {
			lines[found[1]] = append(lines[found[1]], found[0])
		}
	}
	for program, found := range lines {
		slices.Sort(found) // supervisor reads one output after the other
		b.of(program)["journal"] = strings.Join(found, "\n")
	}
}
