// Package units writes unit files. [Render] turns a plan into all files of an
// app, through the ordered model of [Unit], whose setters quote every value.
// It is pure: it must not know where the files go or what is there already.
package units
