package cli

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"ecounit/apache"
)

// publication is whether the web server has an app's include.
type publication string

const (
	published   publication = "published"
	outdated    publication = "outdated" // the web server has an older one
	unpublished publication = "unpublished"
	unknown     publication = "unknown" // the folder cannot be read by users
)

func (h *host) publication(include apache.File) publication {
	return publicationOf(h.webServer().installed(include.Name), include.Content)
}

// publicationOf compares what the administrator installed with what the app
// needs.
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
