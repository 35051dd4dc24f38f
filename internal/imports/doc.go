// Package imports reads what ran a user's programs so far, and finds out what
// their apps are to be called and where their descriptors go. It writes and
// prints nothing, and must not know ecounit's own units or the host service.
package imports
