package publish

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/disk"
	"ecounit/plan"
)

// madeBy begins what apache.Render writes.
const madeBy = "# Made by ecounit."

const includeSuffix = ".conf"

// includePattern is what apache.FileName makes: an app has no underscore.
var includePattern = regexp.MustCompile(`^([a-z_][a-z0-9_-]{0,31})_([a-z0-9][a-z0-9-]{0,31})\.conf$`)

// include is a file that Render made, whoever installed it.
type include struct {
	text []byte
	site plan.Site // who, where and what is behind it; nothing else
	safe bool      // only its owner, who is that of the folder, can write it
}

var (
	locationPattern = regexp.MustCompile(`(?m)^<Location "(/[a-z0-9][a-z0-9_-]{0,63})">$`)
	backendPattern  = regexp.MustCompile(`(?m)^ *(?:ProxyPass|BalancerMember) "(?:unix:(/[^|"]+)\||https?://127\.0\.0\.1:([0-9]{1,5})[/"])`)
)

// read reads one entry of the folder. Anything but an include of ours is an
// error, which says what it is.
func (w *workplace) read(entry fs.DirEntry) (include, error) {
	name := entry.Name()
	owner := includePattern.FindStringSubmatch(name)
	switch {
	case !entry.Type().IsRegular():
		return include{}, fmt.Errorf("%s is %s", w.path(name), kind(entry.Type()))
	case owner == nil:
		return include{}, fmt.Errorf("%s is not a file of ecounit's", w.path(name))
	}
	file, err := w.includes.Read(name)
	if err != nil {
		return include{}, err
	}
	if !bytes.HasPrefix(file.Text, []byte(madeBy)) {
		return include{}, fmt.Errorf("%s has the name of an include, but ecounit did not make it", w.path(name))
	}
	return include{
		text: file.Text,
		site: parse(owner[1], owner[2], file.Text),
		safe: file.Own && file.Mode&0o022 == 0,
	}, nil
}

// parse finds in an include what two sites must not have in common.
func parse(owner, app string, text []byte) plan.Site {
	site := plan.Site{Owner: owner, App: app}
	if m := locationPattern.FindSubmatch(text); m != nil {
		site.Path = string(m[1])
	}
	if m := backendPattern.FindSubmatch(text); m != nil {
		site.Socket = string(m[1])
		site.Port, _ = strconv.Atoi(string(m[2])) // "" for a socket
	}
	return site
}

// sameAddress says whether two forms of a site hold the same of what is given
// to one site only.
func sameAddress(a, b plan.Site) bool {
	return a.Path == b.Path && a.Port == b.Port && a.Socket == b.Socket
}

// generation reads the number on disk; text is nil where there is none yet.
func (w *workplace) generation() (number uint64, text []byte, err error) {
	file, err := w.includes.Read(apache.GenerationName)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, nil
	}
	if err != nil {
		return 0, nil, badSetup(err)
	}
	number, _ = apache.ParseGeneration(file.Text)
	return number, file.Text, nil
}

// ByHand are the sites whose includes belong to no publication: an
// administrator installed them from what users sent. Only owner, app, path and
// what is behind it are filled in. Without the folder the error is
// fs.ErrNotExist.
func ByHand(store host.Store, web host.Apache) ([]plan.Site, error) {
	w, err := New(store, web, nil).open()
	if err != nil {
		return nil, err
	}
	defer w.close()
	ours, _, err := w.loadNames(manifestName)
	if err != nil {
		return nil, err
	}
	entries, err := w.includes.List()
	if err != nil {
		return nil, err
	}
	var sites []plan.Site
	for _, entry := range entries {
		if name := entry.Name(); ours.has(name) || !includePattern.MatchString(name) {
			continue
		}
		if found, err := w.read(entry); err == nil {
			sites = append(sites, found.site)
		}
	}
	return sites, nil
}

func (w *workplace) path(name string) string { return filepath.Join(w.includes.Path(), name) }

// idOf is the ID of the site of an include.
func idOf(name string) string { return strings.TrimSuffix(name, includeSuffix) }

func kind(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO, at which the web server would wait for ever"
	}
	return disk.ErrNotPlain.Error()
}
