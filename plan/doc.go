// Package plan decides: it turns a descriptor and the facts of a machine into
// a Plan in which every default is resolved and nothing is left to look up.
// It is pure, and it must not know what a unit file or an Apache include looks
// like.
package plan
