// Package detect answers questions about a machine by reading its disk: which
// descriptor, which user, which Python, which programs, which port, and what
// kind of project a folder holds. It writes nothing and, with the exception of
// getent(1) for users that are not in /etc/passwd, it runs nothing: least of
// all the Python, Node or conda that it looks for.
//
// What it reads may belong to somebody who wishes the reader ill. Every file
// is opened without waiting and read up to a limit, and every folder is listed
// up to a limit, so that a FIFO, a device, a loop of links or a huge file
// costs no more than a moment.
//
// It must not know what a unit file or an Apache include looks like, nor talk
// to D-Bus: what a running systemd says, the caller passes in.
package detect
