// Package webserver is the host's Apache as a user sees it, without any rights:
// how it is administered, whether it runs, and whether it serves an app. It must
// not know the registry of the host service, nor who the user is.
package webserver
