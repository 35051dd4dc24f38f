package plan

// OnFailure is what is run when a process of the app fails.
type OnFailure struct {
	Argv      []string `json:"argv,omitempty"` // Argv[0] is absolute
	Mail      string   `json:"mail,omitempty"`
	Recovered bool     `json:"recovered"`
}

func (b *builder) onFailure() {
}
