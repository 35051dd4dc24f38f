// Package policyfile reads the administrator's policy from the disk, and
// trusts it only where nobody but root can write it. It must not know what the
// policy says.
package policyfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"

	"ecounit/host"
	"ecounit/host/policy"
	"ecounit/report"
)

// maxFile is many times what a policy of a large host has, in bytes.
const maxFile = 1 << 20

// File is a policy file, read again whenever it has changed. It is safe for use
// by several goroutines.
type File struct {
	path string

	mu   sync.Mutex
	seen stamp
	last answer
}

// stamp changes with each change of a file.
type stamp struct {
	inode, device, size uint64
	modified, changed   syscall.Timespec
	mode, owner         uint32
}

type answer struct {
	policy policy.Policy
	err    error
}

// New is the file at a path.
func New(path string) *File { return &File{path: path} }

// Path is where the file is.
func (f *File) Path() string { return f.path }

// Mistakes is what is wrong with a policy, as the parser says it.
type Mistakes struct {
	Report report.Report
	Source []byte
}

func (m *Mistakes) Error() string {
	var lines []string
	for _, e := range m.Report.Entries() {
		if e.Severity == report.Error {
			lines = append(lines, strings.TrimRight(e.Text(m.Source), "\n"))
		}
	}
	return strings.Join(lines, "\n")
}

// Read returns the policy. first says that nobody has read this state of the
// file before. Errors are *Unusable, whose reason for a file that cannot be
// understood is *Mistakes.
func (f *File) Read() (p policy.Policy, first bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	file, err := os.OpenFile(f.path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		first = f.seen != (stamp{}) || f.last.err == nil
		f.seen, f.last = stamp{}, answer{err: f.cannotOpen(err)}
		return policy.Policy{}, first, f.last.err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return policy.Policy{}, true, f.bad(err, "")
	}
	now := stampOf(info)
	if now == f.seen {
		return f.last.policy, false, f.last.err
	}
	p, err = f.read(file, info)
	f.seen, f.last = now, answer{p, err}
	return p, true, err
}

func (f *File) read(file *os.File, info fs.FileInfo) (policy.Policy, error) {
	s := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.Mode().IsRegular():
		return policy.Policy{}, f.bad(errors.New("it is not a regular file"), "rm "+f.path+" && ecounit host setup")
	case s.Uid != 0 && int(s.Uid) != os.Geteuid(), info.Mode()&0o022 != 0:
		return policy.Policy{}, f.bad(errors.New("others than root can write it"), "chown root: "+f.path+" && chmod 644 "+f.path)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("it is larger than %d bytes", maxFile)
	}
	if err != nil {
		return policy.Policy{}, f.bad(err, "")
	}
	p, mistakes := policy.Parse(f.path, text)
	if mistakes.HasErrors() {
		return policy.Policy{}, f.bad(&Mistakes{mistakes, text}, "mend "+f.path)
	}
	return p, nil
}

func (f *File) cannotOpen(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Unusable{&host.Error{
			Kind:    host.BadSetup,
			Message: "publishing is not set up on this host",
			Fix:     "an administrator types: ecounit host setup",
		}, err, "ecounit host setup"}
	}
	if errors.Is(err, syscall.ELOOP) {
		return f.bad(errors.New("it is a symbolic link"), "put the file itself there")
	}
	return f.bad(err, "")
}

// bad is for users: what exactly is wrong is the administrator's business.
func (f *File) bad(err error, mend string) error {
	return &Unusable{&host.Error{
		Kind:    host.BadSetup,
		Message: "the administrator's policy, " + f.path + ", cannot be used, so nothing is granted at the moment",
		Fix:     "ecounit host check says what is wrong",
	}, err, mend}
}

// Unusable is what users are told, and the reason for the administrator.
type Unusable struct {
	Told   *host.Error // of the kind BadSetup
	Reason error
	Mend   string // what the administrator types, or ""
}

func (u *Unusable) Error() string { return u.Told.Message }

// Unwrap gives both.
func (u *Unusable) Unwrap() []error { return []error{u.Told, u.Reason} }

func stampOf(info fs.FileInfo) stamp {
	s := info.Sys().(*syscall.Stat_t)
	return stamp{
		inode: s.Ino, device: s.Dev, size: uint64(s.Size),
		modified: s.Mtim, changed: s.Ctim, mode: s.Mode, owner: s.Uid,
	}
}
