// Package installed is an app as its unit files on disk describe it: which
// processes, jobs and timers it has, whether or not its descriptor still says so.
// It must not know the descriptor, nor how systemd is asked: states come in as
// systemd's words.
package installed
