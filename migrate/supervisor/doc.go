// Package supervisor turns what supervisor runs into apps: a program becomes a
// descriptor, and so does a group. Package conf reads the files; here is what
// each option means for systemd (supervisor 4.2's documentation on one side,
// systemd.service(5) on the other). It is pure, and it must not know how a
// program is taken over while it runs.
package supervisor
