// Package host is the contract with the host service, ecounit-hostd: the names
// on the system bus, what is asked and answered, and the records that the
// service keeps and everybody may read. Client carries questions to it. Apache
// is the web server as both ends find it, with its configuration, so that they
// agree on that as well.
//
// It must not know how the service decides or publishes: that is host/hostd.
package host
