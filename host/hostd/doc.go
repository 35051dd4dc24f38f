// Package hostd is the host service: it decides who may have what published,
// has the registry remember it and the publisher carry it out. Its parts are in
// the folders below, each with one job; this package puts them together and
// answers the methods on the bus.
//
// It must not know what an include looks like, how a file gets to the disk
// whole, or how systemd is asked. It has no rights of its own but to write a
// few folders: what takes more is in units that it may start (see Main).
package hostd
