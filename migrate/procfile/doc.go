// Package procfile reads a Procfile and turns it into an app. It is pure, and
// it must not know which Python or Node there is: package detect does.
package procfile
