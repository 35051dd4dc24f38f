// Package failures keeps which processes of an app fail since when, and who was
// told of it. It must not know when somebody is to be told, which package notice
// says, nor how.
package failures
