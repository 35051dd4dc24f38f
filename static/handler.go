package static

import (
	"errors"
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
	root   *os.Root
	hidden []string
}

// Open opens a folder. Files with one of the hidden names are not handed out.
func Open(folder string, hidden ...string) (*Folder, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, err
	}
	return &Folder{root, hidden}, nil
}

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
	case errors.Is(err, errFolder):
		// Relative: the path that visitors see may be longer than this one.
		to := url.URL{Path: "./" + path.Base(clean) + "/"}
		w.Header().Set("Location", to.String())
		w.WriteHeader(http.StatusMovedPermanently)
	case err != nil:
		http.NotFound(w, r)
	default:
		defer file.Close()
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
// link out of the folder; one within it is its owner's decision.
func (f *Folder) open(name string) (*os.File, fs.FileInfo, error) {
	file, err := f.root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
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
