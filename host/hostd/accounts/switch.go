package accounts

import (
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// local are the sources of nsswitch.conf(5) that are files, or made up on the
// spot: they always answer.
var local = []string{"files", "compat", "systemd", "altfiles", "extrausers", "db", "mymachines"}

const (
	nsswitch = "/etc/nsswitch.conf"

	// SSSD keeps every user it has seen, also while its server is away, so that
	// it knows what it says as long as it runs.
	sssd       = "sss"
	sssdSocket = "/var/lib/sss/pipes/nss"
)

// doubtful returns a source that may have been unable to answer, or "". getent
// says of such a one what it says of a name that does not exist.
func (d Directory) doubtful(database string) string {
	if database == "initgroups" {
		database = "group"
	}
	text, err := os.ReadFile(orDefault(d.Switch, nsswitch))
	if err != nil {
		return "" // files alone
	}
	for _, source := range sources(string(text), database) {
		switch {
		case slices.Contains(local, source):
		case source == sssd && listens(orDefault(d.SSSD, sssdSocket)):
		default:
			return source
		}
	}
	return ""
}

// sources are those of a database, without what follows from their answers:
// "passwd: files sss [NOTFOUND=return]".
func sources(text, database string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		name, rest, found := strings.Cut(line, ":")
		name = strings.TrimSpace(name)
		if !found || name != database && name != database+"_compat" {
			continue
		}
		for depth, word := 0, ""; rest != ""; {
			word, rest = nextWord(rest)
			if strings.HasPrefix(word, "[") {
				depth++
			}
			if depth == 0 && word != "" {
				all = append(all, word)
			}
			if strings.HasSuffix(word, "]") {
				depth = 0
			}
		}
	}
	return all
}

func nextWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, " \t\n")
	end := strings.IndexAny(text, " \t\n")
	if end < 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

func listens(socket string) bool {
	conn, err := net.DialTimeout("unix", socket, time.Second)
	if err != nil {
		return false
	}
	conn.Close()
	return true
}

func orDefault(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}
