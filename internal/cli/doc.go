// Package cli is the ecounit command: it reads the words that were typed, has
// the other packages do the work, and says what happened. A verb is in the file
// of its name, and in those whose names begin with it; start, stop, restart and
// reload are in control.go, and the table of all verbs is in commands.go.
//
// It must not know how a unit file or an include is written, nor the protocols of
// systemd, the bus and Postgres. No other package may import it.
package cli
