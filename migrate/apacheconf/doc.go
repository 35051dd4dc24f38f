// Package apacheconf reads what an administrator once pasted into Apache's
// configuration for a user's programs, and gives the apps their URL paths from
// it. It is pure, and it must not know what ecounit itself writes for Apache.
package apacheconf
