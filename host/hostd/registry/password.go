package registry

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"ecounit/host"
	"ecounit/host/hostd/disk"
)

// maxNames is how many people can have a password for one site.
const maxNames = 1000

// hashPattern is bcrypt with the cost of htpasswd -B -C 10: a higher one would
// let a user keep the web server busy with each request.
var hashPattern = regexp.MustCompile(`^\$2y\$10\$[./A-Za-z0-9]{53}$`)

// SetPassword lets somebody in to a site with basic authentication, or with an
// empty hash no more. The hash is of bcrypt, as htpasswd -B -C 10 makes it.
func (r *Registry) SetPassword(caller Caller, app, name, hash string) (changed bool, err error) {
	switch {
	case !host.IsPasswordName(name):
		return false, invalid("the name %.64q is not of A-Z, a-z, 0-9 and ._@-, at most 64", name)
	case hash != "" && !hashPattern.MatchString(hash):
		return false, invalid("the password is not hashed by bcrypt with a cost of 10")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.own(caller, app)
	if !found {
		return false, noSite(app)
	}
	folder, err := r.passwords()
	if err != nil {
		return false, err
	}
	defer folder.Close()
	lines, _, err := passwordLines(folder, e.ID())
	if err != nil {
		return false, err
	}
	wanted := withPassword(lines, name, hash)
	switch {
	case slices.Equal(lines, wanted):
		return false, nil
	case len(wanted) > maxNames:
		return false, &host.Error{Kind: host.TooMany, Message: "a site can have passwords for 1000 people at most"}
	}
	return true, writePasswords(folder, e.ID(), wanted)
}

// PasswordNames lists who has a password for the caller's app, sorted.
func (r *Registry) PasswordNames(caller Caller, app string) ([]string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e, found := r.own(caller, app)
	if !found {
		return nil, noSite(app)
	}
	folder, err := r.passwords()
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	lines, _, err := passwordLines(folder, e.ID())
	var names []string
	for _, line := range lines {
		name, _, _ := strings.Cut(line, ":")
		names = append(names, name)
	}
	slices.Sort(names)
	return names, err
}

// passwords opens the folder of the files, which only the web server's group
// can read besides root. Without the right to give files away the service
// relies on the folder to give them their group.
func (r *Registry) passwords() (*disk.Folder, error) {
	path := r.store.Passwords()
	folder, err := disk.Open(path, r.owner, r.system)
	message := ""
	switch {
	case errors.Is(err, fs.ErrNotExist):
		message = "cannot keep passwords: " + path + " is missing"
	case err != nil:
		message = "cannot keep passwords: " + err.Error()
	case !folder.Setgid():
		folder.Close()
		message = "cannot keep passwords: " + path + " does not give its group to new files"
	default:
		return folder, nil
	}
	return nil, &host.Error{Kind: host.BadSetup, Message: message, Fix: "your administrator sets it up with: ecounit host setup"}
}

// passwordLines are those that a person can log in with, in their order.
func passwordLines(folder *disk.Folder, id string) (lines []string, exists bool, err error) {
	file, err := folder.Read(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, true, failed("%v", err)
	}
	for line := range strings.Lines(string(file.Text)) {
		line = strings.TrimRight(line, "\r\n")
		if name, _, found := strings.Cut(line, ":"); found && host.IsPasswordName(name) {
			lines = append(lines, line)
		}
	}
	return lines, true, nil
}

func withPassword(lines []string, name, hash string) []string {
	others := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.HasPrefix(line, name+":") })
	if hash == "" {
		return others
	}
	wanted := append(others, name+":"+hash)
	slices.Sort(wanted)
	return wanted
}

func writePasswords(folder *disk.Folder, id string, lines []string) error {
	var text strings.Builder
	for _, line := range lines {
		text.WriteString(line + "\n")
	}
	if err := folder.Replace(id, []byte(text.String()), 0o640); err != nil {
		return failed("cannot record the passwords of %s: %v", id, err)
	}
	return nil
}

// touchPasswords makes an empty file where there is none.
func (r *Registry) touchPasswords(id string) error {
	folder, err := r.passwords()
	if err != nil {
		return err
	}
	defer folder.Close()
	_, exists, err := passwordLines(folder, id)
	if exists || err != nil {
		return err
	}
	return writePasswords(folder, id, nil)
}

// removePasswords is no error where there are none.
func (r *Registry) removePasswords(id string) error {
	folder, err := disk.Open(r.store.Passwords(), r.owner, r.system)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		defer folder.Close()
		err = folder.Remove(id)
	}
	if err == nil {
		err = folder.Sync()
	}
	if err != nil {
		return failed("cannot remove the passwords of %s: %v", id, err)
	}
	return nil
}

// sweepPasswords removes files of sites that are not there: a crash left them,
// and whoever gets the name next must not inherit them.
func (r *Registry) sweepPasswords() {
	folder, err := disk.Open(r.store.Passwords(), r.owner, r.system)
	if err == nil {
		defer folder.Close()
		err = folder.Sweep(func(name string) bool {
			_, found := r.entries[name]
			_, bad := r.badSites[name]
			return !found && !bad
		})
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.badPassword = err.Error()
	}
}
