// Package disktest has the disk fail, or the process end, at a chosen
// operation. It is for tests alone.
package disktest

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"ecounit/host/hostd/disk"
)

// Mode is how an operation fails.
type Mode int

// The ways to fail.
const (
	Once  Mode = iota // the one operation fails, as a bad disk would have it
	Full              // from there on nothing new fits on the disk
	Crash             // from there on nothing happens, as after SIGKILL
)

// ErrCrash is what is returned after the process would have ended.
var ErrCrash = errors.New("killed")

// Fast is Kernel without waiting for the disk, which only a power cut would
// tell apart.
type Fast struct{ disk.Kernel }

// Sync does nothing.
func (Fast) Sync(*os.File) error { return nil }

// Faulty does as Fast does until operation number At, counted from 1; with 0
// it never fails.
type Faulty struct {
	Fast
	At   int
	Mode Mode
	Log  []string // what was done, or would have been
}

// Create may fail.
func (f *Faulty) Create(folder *os.File, name string, mode uint32) (*os.File, error) {
	if err := f.fail("create "+name, true); err != nil {
		return nil, err
	}
	return f.Fast.Create(folder, name, mode)
}

// Write may fail, after half of the text.
func (f *Faulty) Write(file *os.File, text []byte) error {
	if err := f.fail("write "+file.Name(), true); err != nil {
		if f.Mode != Crash || len(f.Log) == f.At {
			_ = f.Fast.Write(file, text[:len(text)/2])
		}
		return err
	}
	return f.Fast.Write(file, text)
}

// Sync may fail.
func (f *Faulty) Sync(file *os.File) error {
	return f.fail("sync "+file.Name(), false)
}

// Link may fail.
func (f *Faulty) Link(folder *os.File, from, to string) error {
	if err := f.fail(fmt.Sprintf("link %s %s", from, to), false); err != nil {
		return err
	}
	return f.Fast.Link(folder, from, to)
}

// Rename may fail.
func (f *Faulty) Rename(folder *os.File, from, to string) error {
	if err := f.fail(fmt.Sprintf("rename %s %s", from, to), false); err != nil {
		return err
	}
	return f.Fast.Rename(folder, from, to)
}

// Remove may fail.
func (f *Faulty) Remove(folder *os.File, name string) error {
	if err := f.fail("remove "+name, false); err != nil {
		return err
	}
	return f.Fast.Remove(folder, name)
}

func (f *Faulty) fail(operation string, needsSpace bool) error {
	f.Log = append(f.Log, operation)
	n := len(f.Log)
	switch {
	case f.At == 0 || n < f.At:
		return nil
	case f.Mode == Crash:
		return ErrCrash
	case f.Mode == Full && needsSpace, f.Mode == Once && n == f.At:
		return syscall.ENOSPC
	}
	return nil
}
