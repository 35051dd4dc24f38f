// Package publish makes the includes on disk, and in the running web server,
// equal to what is wanted: as one transaction that a crash, a full disk or a
// mistake in any configuration leaves either done or undone.
//
// It must not know who wants a site or why, and it reaches the web server
// through Server alone.
package publish
