package crontab

import (
	"strings"

	"ecounit/cron"
	"ecounit/lazy"
	"ecounit/migrate"
)

// inBackground takes the & off the end of a command, where it is about all of
// it.
func inBackground(command string) (text string, ok bool) {
	text, found := strings.CutSuffix(strings.TrimSpace(command), "&")
	if text = strings.TrimSpace(text); !found || text == "" || strings.HasSuffix(text, "&") {
		return command, false
	}
	return text, true
}

// goesOn is for programs that leave something running behind them.
var goesOn = lazy.Regexp(`(^|[ /;&|(])(tmux|screen|pm2|daemonize|start-stop-daemon|forever)( |$)`)

// background: systemd ends what is left when the program of a job ends.
func (im *importer) background(l cron.Line) {
	const hint = "write what is to go on as [process.NAME], with a command that does not go into the background"
	im.once("background", l, hint, "what a job started in the background ends when the job's own program ends; cron leaves it running")
	if found := goesOn().FindStringSubmatch(l.Job.Command); found != nil {
		im.say(l.Number, migrate.Lost, hint, "what %s leaves running ends with the job", found[2])
	}
	if _, ok := inBackground(l.Job.Command); ok {
		im.say(l.Number, migrate.Changed, "", "the & at its end is left out: the job goes on until its program ends")
	}
}
