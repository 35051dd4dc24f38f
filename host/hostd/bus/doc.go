// Package bus serves one object on the system bus to callers who may send it
// anything: what is too long, or has a type that no method takes, never reaches
// the D-Bus library. It says who calls and asks polkit about them.
//
// It must not know what the methods do.
package bus
