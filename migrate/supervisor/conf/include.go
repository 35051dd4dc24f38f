package conf

import (
	"errors"
	"io/fs"
	"path"
	"strings"
)

// load reads the file and those that its [include] names. What those include
// is not read.
func (r *reader) load() bool {
	text, err := r.in.Files.Read(r.in.File)
	if err != nil {
		r.mistake(r.in.File, 0, "cannot read it: %v", reason(err))
		return false
	}
	if !r.read(r.in.File, string(text)) {
		return false
	}
	include := r.sections["include"]
	if include == nil {
		return r.complete()
	}
	here := r.config.Daemon.Here
	r.expandHere(here)
	files, ok := r.document.get("include", "files")
	if !ok {
		r.mistake(include.file, include.line, "[include] has no files")
		return false
	}
	r.config.Include = Place{files.file, files.line}
	patterns, err := expand(files.text, r.known(names{"here": here, "host_node_name": r.in.Host}))
	if err != nil {
		r.mistake(files.file, files.line, "files: %v", err)
		return false
	}
	for pattern := range strings.FieldsFuncSeq(patterns, isSpace) {
		if !path.IsAbs(pattern) {
			pattern = path.Join(here, pattern)
		}
		if !r.includeAll(pattern) {
			return false
		}
	}
	return r.complete()
}

func (r *reader) includeAll(pattern string) bool {
	found := r.in.Files.glob(pattern)
	if len(found) == 0 {
		r.config.Missing = append(r.config.Missing, pattern)
	}
	for _, file := range found {
		text, err := r.in.Files.Read(file)
		if err != nil { // supervisor passes over it, too
			r.config.Unreadable = append(r.config.Unreadable, err)
			continue
		}
		if !r.read(file, string(text)) {
			return false
		}
		r.expandHere(path.Dir(file))
	}
	return true
}

// complete looks for what has to be there.
func (r *reader) complete() bool {
	if r.sections[daemonSection] == nil {
		r.mistake(r.in.File, 0, "there is no [%s]", daemonSection)
		return false
	}
	return true
}

// expandHere puts the folder of a file in place of %(here)s in all that was
// read so far and still has it.
func (r *reader) expandHere(here string) {
	for _, name := range r.names {
		s := r.sections[name]
		for _, v := range s.values {
			v.text = strings.ReplaceAll(v.text, "%(here)s", here)
		}
		for key, v := range r.defaults.values { // Python copies them then
			if s.values[key] == nil && strings.Contains(v.text, "%(here)s") {
				copied := *v
				copied.text = strings.ReplaceAll(v.text, "%(here)s", here)
				s.values[key] = &copied
			}
		}
	}
}

func reason(err error) error {
	if inner := (*fs.PathError)(nil); errors.As(err, &inner) {
		return inner.Err
	}
	return err
}
