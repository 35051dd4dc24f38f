// Package tomlfile reads a TOML file strictly into Go types by their toml tags,
// keeps the place of every key, and reports all mistakes at once, each with a
// hint. It is pure, and it must not know what any key means: which keys there
// are it takes from the types, and what may be written from their forms.
package tomlfile
