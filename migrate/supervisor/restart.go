package supervisor

import (
	"strings"

	"ecounit/migrate"
	"ecounit/migrate/supervisor/conf"
)

func (im *importer) restart(p *program, first conf.Process) {
	const key = "autorestart"
	switch {
	case first.Autorestart == conf.RestartAlways:
		im.say(p.section, key, migrate.Kept, "", "ecounit restarts whatever ends, as its default")
	case first.Autorestart == conf.RestartNever:
		p.policy = "never"
		im.say(p.section, key, migrate.Kept, "", `policy = "never" in [restart]`)
	case p.web != nil && !p.grouped && !im.isSet(p.section, key) && !im.isSet(p.section, "exitcodes"):
		p.differences = append(p.differences, "it is restarted whenever it ends; supervisor's default leaves out an end with status 0")
	default:
		p.policy = "on-failure"
		im.unexpected(p, first)
		if im.isSet(p.section, key) {
			im.say(p.section, key, migrate.Kept, "", `policy = "on-failure" in [restart], and RestartForceExitStatus for what systemd does not call a failure`)
		} else {
			p.remarks = append(p.remarks, `supervisor's default autorestart=unexpected became policy = "on-failure"`)
		}
	}
	if p.policy != "on-failure" {
		im.say(p.section, "exitcodes", migrate.NotNeeded, "", "it has a meaning with autorestart=unexpected only")
	}
	im.retries(p, first)
}

// unexpected says which ends are failures. To systemd, the end by one of these
// signals is none, and ecounit counts 143 as SIGTERM (shells, npm, Java).
func (im *importer) unexpected(p *program, first conf.Process) {
	const terminated = 143
	forced := []string{"SIGHUP", "SIGINT", "SIGTERM", "SIGPIPE"}
	var fine []string
	hasZero, hasTerminated := false, false
	for _, code := range first.ExitCodes {
		switch code {
		case 0:
			hasZero = true
		case terminated:
			hasTerminated = true
		default:
			fine = append(fine, number(code))
		}
	}
	if !hasZero {
		forced = append(forced, "0")
	}
	if !hasTerminated {
		forced = append(forced, number(terminated))
	}
	p.service["RestartForceExitStatus"] = []string{strings.Join(forced, " ")}
	if len(fine) > 0 {
		p.service["SuccessExitStatus"] = []string{strings.Join(fine, " ")}
	}
	im.say(p.section, "exitcodes", migrate.Kept, "", "after one of them it is not restarted (SuccessExitStatus, RestartForceExitStatus)")
}

// retries: supervisor gives up after some starts that did not last; systemd
// counts the starts within a time.
func (im *importer) retries(p *program, first conf.Process) {
	const key, most = "startretries", 1000
	switch {
	case p.web != nil:
		im.say(p.section, key, migrate.Changed, "", "ecounit goes on trying, so that whoever asks waits instead of being refused; ecounit status tells")
	case first.StartRetries >= most:
		im.say(p.section, key, migrate.Kept, "", "ecounit goes on trying, as its default")
	case im.isSet(p.section, key):
		starts := first.StartRetries + 1
		p.unit["StartLimitBurst"] = []string{number(starts)}
		p.unit["StartLimitIntervalSec"] = []string{number(starts * (max(0, first.StartSecs) + 1))}
		im.say(p.section, key, migrate.Changed, "", "it gives up when %d in a row did not last (StartLimitBurst), 1 s apart; supervisor waits 1 s longer each time", starts)
	}
	if first.StartSecs > 0 {
		im.say(p.section, "startsecs", migrate.Changed, "", "an early end is like any other: [restart] decides; supervisor tries again after any end within %d s", first.StartSecs)
	} else {
		im.say(p.section, "startsecs", migrate.Kept, "", "an early end is like any other")
	}
}
