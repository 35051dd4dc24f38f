package descriptor

// OnFailure says who is told when a process of the app fails.
type OnFailure struct {
	Command   Command `toml:"command" jsonschema_description:"Is run once when the app begins to fail, with the last lines of the log as its standard input."`
	Mail      string  `toml:"mail" jsonschema_description:"An address that gets the same by mail."`
	Recovered bool    `toml:"recovered" jsonschema_description:"Whether there is another notice once the app runs again. Default: false."`
}

func (c checker) onFailure() {
	if f := c.d.OnFailure; f != nil && f.Mail == "" {
		c.missing("on_failure", "command", `write mail = "alice@example.org" below it, or command = […]`, "[on_failure] needs `command` or `mail`")
	}
}
