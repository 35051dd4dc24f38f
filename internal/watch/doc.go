// Package watch sees when the files of an app with [watch] have come to rest,
// and whether the app stays up with what was changed. It must not know what a
// descriptor says or what is printed: paths, unit names and a connection to
// systemd come in.
package watch
