package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/disk"
	"ecounit/plan"
)

// include is a file that apache.Render made, whoever installed it.
type include struct {
	text []byte
	site plan.Site // as apache.Inspect reads it back
	safe bool      // only its owner, who is that of the folder, can write it
}

// read reads one entry of the folder. Anything but an include of ours is an
// error, which says what it is.
func (w *workplace) read(entry fs.DirEntry) (include, error) {
	name := entry.Name()
	switch _, _, ours := apache.ParseFileName(name); {
	case !entry.Type().IsRegular():
		return include{}, fmt.Errorf("%s is %s", w.path(name), kind(entry.Type()))
	case !ours:
		return include{}, fmt.Errorf("%s is not a file of ecounit's", w.path(name))
	}
	file, err := w.includes.Read(name)
	if err != nil {
		return include{}, err
	}
	site, made := apache.Inspect(apache.File{Name: name, Content: file.Text})
	if !made {
		return include{}, fmt.Errorf("%s has the name of an include, but ecounit did not make it", w.path(name))
	}
	return include{file.Text, site, file.Own && file.Mode&0o022 == 0}, nil
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
		if ours.has(entry.Name()) {
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
func idOf(name string) string { return strings.TrimSuffix(name, apache.Suffix) }

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
