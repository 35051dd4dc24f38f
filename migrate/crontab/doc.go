// Package crontab turns a user's crontab into the jobs of apps. Package cron
// reads it; here is what becomes of each line: a job, a server that was started
// at boot, or the supervisord that ecounit takes the place of. It is pure, and
// it must not know how a crontab is changed.
package crontab
