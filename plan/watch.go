package plan

// Watch is what counts as a change of the code.
type Watch struct {
	Paths []string `json:"paths"` // absolute
}

// WatchPath is the name of the unit that notices changes, or "".
func (p *Plan) WatchPath() string {
	if p.Watch == nil {
		return ""
	}
	return p.Name + "-watch.path"
}

func (b *builder) watch() {
}
