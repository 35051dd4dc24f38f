package policy

import "ecounit/report"

// Where the policy is.
const (
	FileName = "host.toml"
	Path     = "/etc/ecounit/" + FileName
)

// Policy is host.toml with every default filled in. The zero Policy is that of
// a file with mistakes, and allows nothing to anybody; one that allows
// something has SitesPerUser of at least 1.
type Policy struct {
	BaseURL      string   // "https://eco.example.ac.uk", or ""
	Ask          bool     // approval = "ask"
	Groups       []string // whose members may publish; empty means everybody: see AllowsUser
	SitesPerUser int
	PortsOnly    bool // transport = "port": no sockets are offered
	FirstPort    int
	LastPort     int
	Reserved     []string // paths that nobody gets, besides plan.ReservedPaths
	Auth         []string // ways to log in that apps may ask for
	HTTPSOnly    bool
	BodyLimit    int64             // bytes; 0 is none
	Names        map[string]string // account to what stands for it in paths: see Label
	Probe        string            // [apache] probe, or "": see ProbeURL
	ServerLimit  int               // [apache] server_limit
	Databases    Databases
}

// Databases are what [database] says of the Postgres server on this host.
type Databases struct {
	Allowed     bool
	PerUser     int
	Connections int   // that an account may have open, to all of its databases
	WarnSize    int64 // bytes; the owners of larger ones are told
}

// Default is the policy of an empty file.
func Default() Policy { return defaults().policy() }

// Parse reads a policy. file is used in messages only. When the report has
// errors the zero Policy is returned, so that a limit with a typing mistake in
// it never means no limit.
func Parse(file string, text []byte) (Policy, report.Report) {
	f := defaults()
	doc, ok := format.Read(file, text, &f)
	if ok {
		check(doc, f)
	}
	r := doc.Report()
	if r.HasErrors() {
		return Policy{}, r
	}
	if f.HTTPSOnly && f.BaseURL.scheme() == "http" {
		r.Add(doc.Entry(report.Warning, "base_url", "`base_url` begins with http://, and `https_only` is true", "write https://"))
	}
	return f.policy(), r
}

// Valid is false for the policy of a file with mistakes.
func (p Policy) Valid() bool { return p.SitesPerUser > 0 }
