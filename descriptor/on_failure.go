package descriptor

// OnFailure says who is told when a process of the app fails.
type OnFailure struct {
	Command   Command `toml:"command" jsonschema_description:"Is run once when a process or job begins to fail; its standard input is a text with the last lines of the log."`
	Mail      string  `toml:"mail" jsonschema_description:"An address, or the name of an account on this machine, that gets the same text by mail."`
	Recovered bool    `toml:"recovered" jsonschema_description:"Whether there is another notice once the process has run well for a minute, or the job has succeeded. Default: false."`
}

func (c checker) onFailure() {
	if f := c.d.OnFailure; f != nil && f.Mail == "" && !c.doc.Reported("on_failure.mail") {
		c.missing("on_failure", "command", `write mail = "alice@example.org" below it, or command = […]`, "[on_failure] needs `command` or `mail`")
	}
}
