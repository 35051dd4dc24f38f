package units

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

// charset is a set of bytes. Rendering checks every word of a file against
// one, which a regular expression would make its main cost.
type charset [256]bool

func newCharset(members string) *charset {
	var c charset
	for i := range len(members) {
		c[members[i]] = true
	}
	return &c
}

// spans says whether s consists of members only, and is not empty.
func (c *charset) spans(s string) bool {
	for i := range len(s) {
		if !c[s[i]] {
			return false
		}
	}
	return s != ""
}
