package policy

import (
	"ecounit/tomlfile"
)

// File is host.toml as it is written: the one list of its keys. The manual's
// test reads the tags, too.
type File struct {
	BaseURL      BaseURL          `toml:"base_url"`
	Approval     string           `toml:"approval"`
	Groups       []string         `toml:"groups"`
	SitesPerUser int              `toml:"sites_per_user"`
	Transport    string           `toml:"transport"`
	Ports        Ports            `toml:"ports"`
	Reserved     []string         `toml:"reserved"`
	Auth         []string         `toml:"auth"`
	HTTPSOnly    bool             `toml:"https_only"`
	BodyLimit    BodyLimit        `toml:"body_limit"`
	Names        map[string]Label `toml:"names"`
	Apache       Apache           `toml:"apache"`
	Database     Database         `toml:"database"`
}

// Apache is about the web server.
type Apache struct {
	Probe       ProbeURL `toml:"probe"`
	ServerLimit int      `toml:"server_limit"`
}

// Database is about the Postgres server.
type Database struct {
	Postgres    bool     `toml:"postgres"`
	PerUser     int      `toml:"per_user"`
	Connections int      `toml:"connections"`
	WarnSize    WarnSize `toml:"warn_size"`
}

// The words of approval and transport.
const (
	auto, ask    = "auto", "ask"
	socket, port = "socket", "port"
)

// Basic is the way to log in that ecounit makes itself.
const Basic = "basic"

func defaults() File {
	return File{
		Approval: auto, SitesPerUser: 10, Transport: socket, Ports: Ports{10000, 32767},
		Auth: []string{Basic}, Apache: Apache{ServerLimit: 16}, // 16 is httpd's own default
		Database: Database{PerUser: 5, Connections: 20, WarnSize: 5 << 30},
	}
}

var format = tomlfile.Format{What: "the policy of a host", Writer: "ecounit host setup", Forms: forms}

const (
	pathHint  = `write one segment of a-z, 0-9, _ and -, as in "/wiki"`
	labelHint = "use a-z, 0-9, _ and -, at most 32 characters, beginning with a letter or _"
)

var (
	// As plan.Site has them: what is allowed here has to be valid there.
	pathPattern  = tomlfile.NewPattern(`^/[a-z0-9][a-z0-9_-]{0,63}$`)
	labelPattern = tomlfile.NewPattern(`^[a-z_][a-z0-9_-]{0,31}$`)

	authPattern = tomlfile.NewPattern(`^[a-z][a-z0-9-]{0,31}$`)
	// printable holds for names of directory services, which may have blanks, @
	// and capitals.
	printable = tomlfile.NewPattern("^[^\\x00-\\x1f\\x7f-\\x9f\u2028-\u202e\u2066-\u2069]+$")
)

var forms = map[string]tomlfile.Form{
	"approval":       tomlfile.OneOf(auto, ask)[0],
	"transport":      tomlfile.OneOf(socket, port)[0],
	"sites_per_user": {Type: "integer", Min: 1, Max: 1000},
	"groups.*": {
		Type: "string", Pattern: printable, Says: "is not the name of a group",
		Hint: "write it as getent group shows it",
	},
	"reserved.*": {Type: "string", Pattern: pathPattern, Says: "is not a path that could be published", Hint: pathHint},
	"auth.*": {
		Type: "string", Pattern: authPattern, Says: "is not the name of a way to log in",
		Hint: `use a-z, 0-9 and -, beginning with a letter: "campus" stands for campus.conf in the folder ecounit-auth of Apache`,
	},
	"names": {
		Type: "object", Pattern: printable, Says: "is not the name of an account",
		Hint: "write it as getent passwd shows it",
	},
	"apache.server_limit":  {Type: "integer", Min: 2, Max: 20000},
	"database.per_user":    {Type: "integer", Min: 1, Max: 1000},
	"database.connections": {Type: "integer", Min: 1, Max: 10000},
}

// FormsOf returns the ways to write the value of a key that has no type of its
// own, as in "auth.*". tomlfile.FormsOfType has those of the types.
func FormsOf(rule string) []tomlfile.Form {
	if f, ok := forms[rule]; ok {
		return []tomlfile.Form{f}
	}
	return nil
}

// policy is what a file without mistakes means.
func (f File) policy() Policy {
	names := map[string]string{}
	for account, label := range f.Names {
		names[account] = string(label)
	}
	return Policy{
		BaseURL: string(f.BaseURL), Ask: f.Approval == ask, Groups: f.Groups, SitesPerUser: f.SitesPerUser,
		PortsOnly: f.Transport == port, FirstPort: f.Ports.First, LastPort: f.Ports.Last,
		Reserved: f.Reserved, Auth: f.Auth, HTTPSOnly: f.HTTPSOnly, BodyLimit: int64(f.BodyLimit),
		Names: names, Probe: string(f.Apache.Probe), ServerLimit: f.Apache.ServerLimit,
		Databases: Databases{
			Allowed: f.Database.Postgres, PerUser: f.Database.PerUser,
			Connections: f.Database.Connections, WarnSize: int64(f.Database.WarnSize),
		},
	}
}
