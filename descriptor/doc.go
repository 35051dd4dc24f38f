// Package descriptor reads ecounit.toml: it knows which keys there are, of
// which type, and where in the file each one stands. It is pure: what a key
// means for a machine is decided in package plan, and nothing here looks at
// the disk.
package descriptor
