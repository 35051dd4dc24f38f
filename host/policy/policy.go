// Package policy reads the administrator's /etc/ecounit/host.toml and decides
// by it: who may publish, which paths and ports, and what an app may ask for.
// It is pure: it must not know where the file is kept, who calls, or what is
// published already.
package policy

// Policy is host.toml with every default filled in.
type Policy struct {
	BaseURL      string   // "https://eco.example.ac.uk", or ""
	Ask          bool     // approval = "ask"
	Groups       []string // whose members may publish; empty means everybody
	SitesPerUser int
	PortsOnly    bool // transport = "port": no sockets are offered
	FirstPort    int
	LastPort     int
	Reserved     []string // paths that nobody gets, besides plan.ReservedPaths
	Auth         []string // ways to log in that apps may ask for
	HTTPSOnly    bool
	BodyLimit    int64             // bytes; 0 is none
	Names        map[string]string // account to what stands for it in paths
	Probe        string            // [apache] probe, or ""
	ServerLimit  int               // [apache] server_limit
}
