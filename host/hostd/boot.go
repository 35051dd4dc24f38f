package hostd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"ecounit/host"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/sockets"
	"ecounit/host/hostd/webserver"
)

// boot does what must be done before Apache and the managers of users start. It
// needs neither D-Bus nor a network, and goes on after an error: the users
// whose folder could be made are to have it.
func (p program) boot(ctx context.Context) error {
	web, found := host.FindApache("")
	if !found {
		fmt.Fprintln(p.errs, "there is no Apache on this host: nothing to do")
		return nil
	}
	errs := []error{p.makeStore()}
	if _, err := os.Stat(web.IncludeDir()); err == nil {
		errs = append(errs, publish.Recover(ctx, p.store, web))
	}
	gid, err := p.group(ctx, web)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	errs = append(errs, p.passwordsFor(gid))
	records, err := p.store.AllSites()
	errs = append(errs, err)
	made := map[int]bool{}
	for _, record := range records {
		if !made[record.UID] && record.UID > 0 {
			made[record.UID] = true
			errs = append(errs, sockets.Folder{Parent: socketDir, UID: record.UID, GID: gid}.Make())
		}
	}
	return errors.Join(errs...)
}

// sockets makes the folder of one user.
func (p program) sockets(ctx context.Context, word string) error {
	uid, err := strconv.ParseUint(word, 10, 31)
	if err != nil || uid == 0 || strconv.FormatUint(uid, 10) != word {
		return fmt.Errorf("cannot make a folder for sockets of %q: that is no uid of a user", word)
	}
	web, found := host.FindApache("")
	if !found {
		return errNoApache
	}
	gid, err := p.group(ctx, web)
	if err != nil {
		return err
	}
	return errors.Join(
		p.makeStore(), p.passwordsFor(gid), // where nobody has run boot yet
		sockets.Folder{Parent: socketDir, UID: int(uid), GID: gid}.Make())
}

// makeStore makes the folders of the registry, where they are missing.
func (p program) makeStore() error {
	for _, dir := range []string{p.store.Dir, p.store.Sites(), p.store.Grants()} {
		if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
			return fmt.Errorf("cannot make the registry: %w", err)
		}
	}
	return nil
}

// passwordsFor makes the folder of passwords, for root and Apache alone. Files
// in it get its group.
func (p program) passwordsFor(gid int) error {
	dir := p.store.Passwords()
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return fmt.Errorf("cannot make the folder of passwords: %w", err)
	}
	const setgid = os.ModeSetgid | 0o750
	err := os.Chown(dir, 0, gid)
	if err == nil {
		err = os.Chmod(dir, setgid)
	}
	if err != nil {
		return fmt.Errorf("cannot give the folder of passwords to Apache: %w", err)
	}
	return nil
}

// group is Apache's group as its configuration says or, where that is broken
// just now, as it was.
func (p program) group(ctx context.Context, web host.Apache) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	gid, err := webserver.Group(ctx, web)
	if err == nil {
		return gid, webserver.RememberGroup(p.store.Dir, gid)
	}
	if known, knownErr := webserver.KnownGroup(p.store.Dir); knownErr == nil {
		return known, nil
	}
	return 0, err
}
