// Package load sends a bounded number of HTTP requests from several workers
// and counts what became of each. It knows nothing of apps, units or Apache.
//
// A request is sent once. net/http would send a GET again, without a word,
// when a connection that was kept open turns out to be closed; here a GET has
// a body that cannot be read twice, though it is empty, and that keeps the
// transport from doing so (http.Request.GetBody). A request that got no answer
// is a failure, as it is for a form that somebody sends.
//
// It goes to this machine only: without a Dial function, to loopback addresses.
package load
