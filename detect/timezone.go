package detect

import (
	"fmt"
	"path/filepath"

	"ecounit/plan"
)

// zoneDir is where systemd looks time zones up.
const zoneDir = "/usr/share/zoneinfo"

// timeZone finds the file of a time zone. Its name has no dots, so that it
// leads nowhere else. UTC needs none.
func (m Machine) timeZone(name string) plan.File {
	answer := plan.File{Path: filepath.Join(zoneDir, name)}
	if name == "UTC" {
		return answer
	}
	if info, err := m.stat(answer.Path); err != nil || !info.Mode().IsRegular() {
		answer.Problem = fmt.Sprintf("there is no time zone %s on this machine", name)
		answer.Hint = "timedatectl list-timezones lists them, as in Europe/London"
	}
	return answer
}
