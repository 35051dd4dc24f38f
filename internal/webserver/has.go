package webserver

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// Publication is whether the web server has an app's include, and why not.
type Publication string

// What the web server has, as far as files tell.
const (
	Published   Publication = "published"
	Outdated    Publication = "outdated" // the web server has an older one
	Unpublished Publication = "unpublished"
	Unknown     Publication = "unknown" // what would tell cannot be read
)

// publicationOf compares what is installed with what the app needs.
func publicationOf(path string, needed []byte) Publication {
	installed, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Unpublished
	case err != nil:
		return Unknown
	case bytes.Equal(installed, needed):
		return Published
	}
	return Outdated
}
