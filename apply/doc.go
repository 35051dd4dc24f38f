// Package apply brings a machine from one state of an app to another: it
// observes, compares, carries out the difference in order, and goes back when
// the app does not come up. It must not know what a descriptor or a command
// line looks like.
package apply
