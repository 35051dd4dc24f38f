// Package journal reads what user units printed, and what their manager said
// about them, by running journalctl: only libsystemd can read the journal's
// files. It knows units and their instances, and nothing of apps.
package journal
