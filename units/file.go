package units

// File is a rendered unit file.
type File struct {
	Name    string `json:"name"` // as in flasktasks.service
	Content []byte `json:"content"`
}
