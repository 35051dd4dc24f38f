// Package disk reads and replaces small files in a folder that only the
// service's own user may write. A file is old or new after a crash, never half,
// and what a method has done is on the disk when it returns.
//
// It must not know what the files mean. No link is followed and nothing but
// regular files is opened, whoever put them there.
package disk
