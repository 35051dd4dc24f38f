package units

// EscapeComponent is for the tests that compare it with systemd-escape.
var EscapeComponent = escapeComponent
