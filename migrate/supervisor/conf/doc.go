// Package conf reads supervisord.conf as supervisor 4.2 on Python 3 reads it,
// with what it includes, and says what each process gets. It is pure: files
// come through functions that the caller passes in. It must not know what
// ecounit makes of a program.
//
// It asks the machine less than supervisor does: whether folders and users are
// there, and whether an event listener can be imported, is not its business.
package conf
