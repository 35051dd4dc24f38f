package migrate

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"

	"ecounit/descriptor"
)

// Job is [job.NAME]. It moves to package descriptor, and its writing to
// package templates, as soon as descriptors have jobs.
type Job struct {
	Command     descriptor.Command `toml:"command"`
	Schedule    string             `toml:"schedule"`
	TimeZone    string             `toml:"time_zone,omitempty"`
	RandomDelay string             `toml:"random_delay,omitempty"`
	Stdin       string             `toml:"stdin,omitempty"`
	Env         map[string]string  `toml:"env,inline,omitempty"`
}

// jobsText writes the tables of all jobs. Their names need no quotes.
func jobsText(jobs map[string]Job) ([]byte, error) {
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(jobs)) {
		if err := jobs[name].textual(); err != nil {
			return nil, err
		}
		keys, err := toml.Marshal(jobs[name])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "\n# A program that runs at its times\n[job.%s]\n%s", name, keys)
	}
	return b.Bytes(), nil
}

// textual refuses what TOML cannot hold: the library would write other
// characters in its place.
func (j Job) textual() error {
	texts := slices.Concat(j.Command, []string{j.Schedule, j.TimeZone, j.RandomDelay, j.Stdin})
	for _, name := range slices.Sorted(maps.Keys(j.Env)) {
		texts = append(texts, name, j.Env[name])
	}
	for _, text := range texts {
		if !utf8.ValidString(text) {
			return fmt.Errorf("%q is not UTF-8", text)
		}
	}
	return nil
}
