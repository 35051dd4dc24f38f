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

// publication compares what the administrator installed with what the app needs.
func (h *host) publication(include apache.File) publication {
	installed, err := os.ReadFile(h.webServer().installed(include.Name))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unpublished
	case err != nil:
		return unknown
	case bytes.Equal(installed, include.Content):
		return published
	}
	return outdated
}
