package descriptor

// Watch says what counts as a change of the code.
type Watch struct {
	Paths []string `toml:"paths" jsonschema_description:"Files and folders; relative to directory. A change of one restarts the app."`
	Git   bool     `toml:"git" jsonschema_description:"Whether a pull, commit or checkout in the app's folder restarts the app. Default: false."`
}

func (c checker) watch() {
	if w := c.d.Watch; w != nil && !w.Git {
		c.missing("watch", "paths", `write paths = ["tmp/restart.txt"] below it, or git = true`, "[watch] needs `paths` or `git`")
	}
}
