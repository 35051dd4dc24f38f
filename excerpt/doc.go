// Package excerpt chooses what to show of the lines that a unit printed before
// it failed, so that their cause is among them. It knows how Python, gunicorn
// and node report errors, and must not know where the lines come from.
package excerpt
