package conf

// Mistake is why supervisor refuses a configuration.
type Mistake struct {
	File    string
	Line    int // 0: the file as a whole
	Message string
}
