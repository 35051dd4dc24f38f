package conf

import "fmt"

// Mistake is why supervisor refuses a configuration.
type Mistake struct {
	File    string
	Line    int // 0: the file as a whole
	Message string
}

func (m *Mistake) Error() string { return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Message) }
