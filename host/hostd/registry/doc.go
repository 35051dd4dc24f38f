// Package registry keeps who has which path, port and name: one file for each
// site and each grant, so that what was given to one user is never given to
// another, whatever is killed in between.
//
// It must not know who calls over the bus, how polkit decided, or how a site
// gets to the web server.
package registry
