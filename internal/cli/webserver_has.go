package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// publication is whether the web server has an app's include, and why not.
type publication string

const (
	published   publication = "published"
	outdated    publication = "outdated" // the web server has an older one
	unpublished publication = "unpublished"
	unknown     publication = "unknown" // what would tell cannot be read
)

// publicationOf compares what is installed with what the app needs.
func publicationOf(path string, needed []byte) publication {
	installed, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unpublished
	case err != nil:
		return unknown
	case bytes.Equal(installed, needed):
		return published
	}
	return outdated
}
