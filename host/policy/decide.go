package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ecounit/plan"
	"ecounit/tomlfile"
)

// Refusal is why the policy does not allow something.
type Refusal struct{ message, hint string }

func (r *Refusal) Error() string { return r.message }

// Hint is what the user can do instead.
func (r *Refusal) Hint() string { return r.hint }

func refuse(hint, format string, args ...any) error {
	return &Refusal{fmt.Sprintf(format, args...), hint}
}

var errMistakes = refuse("ask your administrator to run: ecounit host check",
	"cannot publish anything on this host: there is a mistake in %s", Path)

// AllowsUser returns a *Refusal unless a member of these groups may publish.
func (p Policy) AllowsUser(groups []string) error { return p.allows(groups, "publish") }

func (p Policy) allows(groups []string, what string) error {
	switch {
	case !p.Valid():
		return errMistakes
	case len(p.Groups) == 0, slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(p.Groups, g) }):
		return nil
	case len(p.Groups) == 1:
		return refuse("ask your administrator to add you to it", "cannot %s: on this host only the group %q may", what, p.Groups[0])
	}
	return refuse("ask your administrator to add you to one of them", "cannot %s: on this host only the groups %s may", what, listed(p.Groups))
}

// Label is what stands for an account in paths, and false for one that can
// have no paths: an administrator has to name it in [names].
func (p Policy) Label(account string) (label string, ok bool) {
	if !p.Valid() {
		return "", false
	}
	if label, ok := p.Names[account]; ok {
		return label, true
	}
	for _, taken := range p.Names {
		if taken == account {
			return "", false
		}
	}
	return account, labelPattern.MatchString(account)
}

// AllowsPath returns a *Refusal unless the account with that label may publish
// at a path. granted says that an administrator gave them this one; it does not
// help with paths that nobody gets.
func (p Policy) AllowsPath(label, path string, granted bool) error {
	own := "/" + label + "_"
	choose, orAsk := "choose a path that begins with "+own, ", or ask your administrator for this one: ecounit host grant"
	if label == "" || label[0] == '_' { // no path begins so
		choose, orAsk = "ask your administrator for a path: ecounit host grant", ""
	}
	switch {
	case !p.Valid():
		return errMistakes
	case !pathPattern.MatchString(path):
		return refuse(choose, "cannot publish at %q: it is not one segment of a-z, 0-9, _ and -", path)
	case slices.Contains(plan.ReservedPaths, path):
		return refuse(choose, "cannot publish at %s: the web server itself uses it", path)
	case slices.Contains(p.Reserved, path):
		return refuse(choose, "cannot publish at %s: on this host nobody can have it", path)
	case granted || owner(path) == label && labelPattern.MatchString(label):
		return nil
	}
	if rest, found := strings.CutPrefix(path, own); found && strings.Contains(rest, "_") {
		return refuse("write "+own+strings.ReplaceAll(rest, "_", "-"),
			"cannot publish at %s: what follows %s can have no other _", path, own)
	}
	return refuse(choose+orAsk, "cannot publish at %s: it is not one of your own paths", path)
}

// owner is the label whose own path this is, or "". Paths are split at the last
// underscore, so that the users a and a_b never meet: /a_b_c is of a_b alone.
func owner(path string) string {
	path = strings.TrimPrefix(path, "/")
	last := strings.LastIndex(path, "_")
	if last < 1 || last == len(path)-1 {
		return ""
	}
	return path[:last]
}

// AllowsPort reports whether sites may use a port.
func (p Policy) AllowsPort(n int) bool {
	return p.Valid() && n >= p.FirstPort && n <= p.LastPort
}

// AllowsAuth returns a *Refusal unless apps may ask for a way to log in.
func (p Policy) AllowsAuth(name string) error {
	switch {
	case !p.Valid():
		return errMistakes
	case slices.Contains(p.Auth, name):
		return nil
	case len(p.Auth) == 0:
		return refuse("leave out auth, or ask your administrator to allow it", "cannot use the login %q: this host offers none", name)
	}
	return refuse("write one of them, or ask your administrator to allow it", "cannot use the login %q: this host offers %s", name, listed(p.Auth))
}

// listed quotes names, and lists them as a person would.
func listed(names []string) string {
	var b strings.Builder
	for i, name := range names {
		switch {
		case i > 0 && i == len(names)-1:
			b.WriteString(" and ")
		case i > 0:
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(tomlfile.Shortened(name)))
	}
	return b.String()
}
