// Package apache renders one site to one Apache include: a Location that
// passes the site's path on to the app and confines what the app and its
// visitors can do through headers. It is pure, and it must not know where the
// include is installed, how Apache is reloaded or which sites exist. Inspect
// reads an include back, and Claims which paths an administrator's own
// configuration takes.
//
// The directives were tried on httpd 2.4.67 and 2.4.71; those that are older
// than access.go and limits.go also on 2.4.37 and 2.4.62 (facts: apache.md).
// Where a line looks odd, the comment beside it says what went wrong without
// it.
package apache
