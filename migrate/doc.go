// Package migrate holds what all importers share: apps in the making, and a
// report of what became of every line of the old configuration. The importers
// are its subpackages; each reads one format and knows none of the others.
//
// All of them are pure: files come in as text or through functions, and what
// comes out is text. They must not know how an old program is stopped or a new
// one started.
package migrate
