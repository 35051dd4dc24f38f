package policy

import (
	"slices"
	"strings"

	"ecounit/tomlfile"
)

const makeDatabase = "make a database"

// AllowsDatabases returns a *Refusal unless a member of these groups may have
// databases.
func (p Policy) AllowsDatabases(groups []string) error {
	switch {
	case !p.Valid():
		return errMistakes
	case !p.Databases.Allowed:
		return refuse("ask your administrator to write postgres = true below [database] in "+Path,
			"cannot %s: on this host nobody may", makeDatabase)
	}
	return p.allows(groups, makeDatabase)
}

// databaseRest is what follows the account in the name of a database. Without
// an underscore, the last one of the name is the border.
var databaseRest = tomlfile.NewPattern(`^[a-z0-9][a-z0-9-]*$`)

// OwnDatabase returns a *Refusal unless a new database of that name would be
// the account's own: it begins with the account, or with what stands for it in
// paths. What stands for somebody else is theirs.
func (p Policy) OwnDatabase(account, name string) error {
	if !p.Valid() {
		return errMistakes
	}
	owner, rest := "", ""
	if at := strings.LastIndex(name, "_"); at > 0 {
		owner, rest = name[:at], name[at+1:]
	}
	var own []string
	if label, ok := p.Label(account); ok {
		own = append(own, label)
	}
	if !p.standsForAnother(account) && !slices.Contains(own, account) {
		own = append(own, account)
	}
	if len(own) == 0 {
		return refuse("ask your administrator for a name of your own below [names] in "+Path,
			"cannot %s: on this host your account's name stands for somebody else", makeDatabase)
	}
	if slices.Contains(own, owner) && databaseRest.MatchString(rest) {
		return nil
	}
	return refuse("choose a name that begins with "+tomlfile.Shortened(own[0])+"_, followed by a to z, 0 to 9 and -",
		"cannot %s called %q: new ones on this host begin with the name of their owner", makeDatabase, tomlfile.Shortened(name))
}

func (p Policy) standsForAnother(account string) bool {
	for other, label := range p.Names {
		if label == account && other != account {
			return true
		}
	}
	return false
}
