package descriptor

import (
	"fmt"
	"strings"

	"ecounit/tomlfile"
)

// Watch says what counts as a change of the code.
type Watch struct {
	Paths []string `toml:"paths" jsonschema_description:"Files and folders; relative to directory. A change of one restarts the app; of a folder, only what is in it directly counts."`
	Git   bool     `toml:"git" jsonschema_description:"Whether a pull, commit or checkout in the app's folder restarts the app. Default: false."`
}

// MaxWatched is how many paths one app may watch: systemd takes an inotify
// instance for each, and a user has 128 on most systems.
const MaxWatched = 16

func (c checker) watch() {
	w := c.d.Watch
	if w == nil {
		return
	}
	if !w.Git {
		c.missing("watch", "paths", `write paths = ["tmp/restart.txt"] below it, or git = true`, "[watch] needs `paths` or `git`")
	}
	if len(w.Paths) > MaxWatched {
		c.doc.Fail("watch.paths", "name a file that you touch when all is in place, as in tmp/restart.txt",
			"`watch.paths` has %d paths, and at most %d can be watched", len(w.Paths), MaxWatched)
	}
	for i, path := range w.Paths {
		if strings.ContainsAny(path, "*?") {
			c.doc.Fail(fmt.Sprintf("watch.paths[%d]", i), "name the folder, a file that you touch when all is in place, or write git = true",
				"`watch.paths`: %q is a pattern, and only files and folders can be watched", tomlfile.Shortened(path))
		}
	}
}
