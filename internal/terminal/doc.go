// Package terminal is where the command's words go: data to one stream, messages
// to the other, with what a terminal can show and without what could harm it. It
// must not know what the words are about.
package terminal
