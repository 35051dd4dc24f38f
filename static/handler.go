package static

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// Folder is a folder with pages.
type Folder struct {
	path     string
	hidden   []string
	patience patience
}

// Open looks whether there is such a folder. Files with one of the hidden names
// are not handed out.
func Open(folder string, hidden ...string) (*Folder, error) {
	root, err := openRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Folder{folder, hidden, usual}, root.Close()
}

// openRoot opens a folder and nothing else: OpenRoot itself waits at a FIFO.
func openRoot(folder string) (*os.Root, error) { return os.OpenRoot(folder + "/.") }

const index = "index.html"

func (f *Folder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	// What is not the shortest form of a path is nobody's link.
	clean := path.Clean("/" + r.URL.Path)
	isFolder := strings.HasSuffix(r.URL.Path, "/")
	if strings.TrimSuffix(r.URL.Path, "/") != strings.TrimSuffix(clean, "/") || f.isHidden(clean) {
		http.NotFound(w, r)
		return
	}
	name := strings.TrimPrefix(clean, "/")
	if isFolder {
		name = path.Join(name, index)
	}
	file, info, err := f.open(name)
	switch {
	case errors.Is(err, errFolder) && !isFolder:
		// Relative: the path that visitors see may be longer than this one.
		to := url.URL{Path: "./" + path.Base(clean) + "/", RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusMovedPermanently)
	case err != nil:
		http.NotFound(w, r)
	default:
		defer file.Close()
		f.patience.forAnswer(w, info.Size())
		// The time alone does not show an older file that took the place.
		w.Header().Set("ETag", fmt.Sprintf(`"%x-%x"`, info.ModTime().UnixNano(), info.Size()))
		http.ServeContent(w, r, name, info.ModTime(), file)
	}
}

// isHidden reports names that are in a folder for those who work there.
func (f *Folder) isHidden(clean string) bool {
	return slices.ContainsFunc(strings.Split(clean, "/"), func(name string) bool {
		return strings.HasPrefix(name, ".") || strings.HasSuffix(name, "~") || slices.Contains(f.hidden, name)
	})
}

var errFolder = errors.New("a folder")

// open opens a regular file without waiting for anybody. The root follows no
// link out of the folder; one within it is its owner's decision. It is opened
// each time: builders of sites remove the folder and make it again.
func (f *Folder) open(name string) (*os.File, fs.FileInfo, error) {
	root, err := openRoot(f.path)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	file, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = errFolder
	}
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrInvalid
	}
	if err != nil {
		file.Close()
		return nil, nil, err
	}
	return file, info, nil
}
