// Package policy reads the administrator's /etc/ecounit/host.toml and decides
// by it: who may publish, which paths and ports, and what an app may ask for.
// It is pure: it must not know where the file is kept, who calls, or what is
// published already.
package policy
