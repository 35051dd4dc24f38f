// Package cron reads schedules and crontabs as cron means them, down to the
// oddities of Vixie's cron that Debian's and Red Hat's still have, and says
// them in systemd's calendar expressions. It is pure, and it must not know
// what runs at these times, nor what a descriptor or a timer looks like.
package cron
