package plan

import "slices"

// OnFailure is who is told when a process of the app fails.
type OnFailure struct {
	Argv        []string   `json:"argv,omitempty"` // Argv[0] is absolute
	Environment []Variable `json:"environment,omitempty"`
	Mail        string     `json:"mail,omitempty"`
	Recovered   bool       `json:"recovered"`
	Tell        []string   `json:"tell"` // the command that notes failures and sends the notices
}

// Sendmail is where every mail system has a program of this name, for cron and
// others (FHS 3.0, 4.10).
const Sendmail = "/usr/sbin/sendmail"

// NoticeService is the template of the units that send notices; the instance is
// the process. It is in the slice of no app: a limit that was reached must not
// keep the notice of it back.
func (p *Plan) NoticeService() string { return NoticeOf(p.Name, "") + ".service" }

// NoticeTimer is the template of the timers that look whether a process runs
// again.
func (p *Plan) NoticeTimer() string { return NoticeOf(p.Name, "") + ".timer" }

// NoticeOf is the name of the service and the timer for a process, without the
// type.
func NoticeOf(app, process string) string { return app + "-notice@" + process }

func (b *builder) onFailure() {
	f := b.d.OnFailure
	if f == nil {
		return
	}
	to := &OnFailure{Mail: f.Mail, Recovered: f.Recovered, Tell: []string{b.facts.Ecounit, "notice"}}
	if len(f.Command) > 0 {
		to.Argv = b.argv("on_failure.command", f.Command, b.names(nil))
		to.Environment = b.environment(first(to.Argv), nil)
	}
	if f.Mail != "" {
		b.sendmail()
	}
	b.plan.OnFailure = to
}

func (b *builder) sendmail() {
	i := slices.Index(NeedsOf(b.d).Programs, Sendmail)
	if i >= 0 && i < len(b.facts.Programs) && b.facts.Programs[i].Problem != "" {
		b.fail("on_failure.mail", "use command, or ask an administrator for a mail system such as postfix or nullmailer",
			"`on_failure.mail`: no mail can be sent from here: %s", b.facts.Programs[i].Problem)
	}
}
