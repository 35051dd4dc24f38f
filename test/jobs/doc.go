// Package jobs tries [job.NAME] on booted hosts: what runs when, with what,
// and what ecounit says of it. It must not know any part of ecounit, which is
// used through its command line alone.
package jobs
