package disk

import (
	"errors"
	"io/fs"
	"strings"
)

// Replace gives a file a new content, atomically, and waits until it is on the
// disk. After an error the file is as before, unless the disk failed at the
// very last.
func (f *Folder) Replace(name string, text []byte, mode fs.FileMode) error {
	if err := f.write(temporary(name), text, mode); err != nil {
		return f.cannot("write", name, err)
	}
	if err := f.system.Rename(f.file, temporary(name), name); err != nil {
		_ = f.system.Remove(f.file, temporary(name))
		return f.cannot("write", name, err)
	}
	return f.Sync()
}

// Stage writes a file of which only the content has to be on the disk, not yet
// the name: Sync sees to that.
func (f *Folder) Stage(name string, text []byte, mode fs.FileMode) error {
	if err := f.write(name, text, mode); err != nil {
		return f.cannot("write", name, err)
	}
	return nil
}

// Place gives a staged file a second name, in the place of what has it. It
// takes no space on the disk, and Sync makes it last.
func (f *Folder) Place(staged, name string) error {
	err := f.absent(temporary(name))
	if err == nil {
		err = f.system.Link(f.file, staged, temporary(name))
	}
	if err == nil {
		err = f.system.Rename(f.file, temporary(name), name)
	}
	if err == nil {
		// Renaming does nothing when both names are of one file already.
		err = f.absent(temporary(name))
	}
	if err != nil {
		return f.cannot("write", name, err)
	}
	return nil
}

// Remove takes a file away, which need not be there. Sync makes it last.
func (f *Folder) Remove(name string) error {
	if err := f.absent(name); err != nil {
		return f.cannot("remove", name, err)
	}
	return nil
}

// Sync waits until the entries of the folder are on the disk.
func (f *Folder) Sync() error {
	if err := f.system.Sync(f.file); err != nil {
		return f.cannot("write", "", err)
	}
	return nil
}

// Sweep removes what a crash left behind in the making, and every entry that
// leftover says.
func (f *Folder) Sweep(leftover func(name string) bool) error {
	entries, err := f.List()
	if err != nil {
		return err
	}
	swept := false
	for _, entry := range entries {
		name := entry.Name()
		made := strings.HasPrefix(name, ".") && strings.HasSuffix(name, temporarySuffix)
		if !entry.Type().IsRegular() || !made && !leftover(name) {
			continue
		}
		if err := f.Remove(name); err != nil {
			return err
		}
		swept = true
	}
	if !swept {
		return nil
	}
	return f.Sync()
}

func (f *Folder) write(name string, text []byte, mode fs.FileMode) error {
	if err := f.absent(name); err != nil {
		return err
	}
	file, err := f.system.Create(f.file, name, uint32(mode))
	if err != nil {
		return err
	}
	defer file.Close()
	err = f.system.Write(file, text)
	if err == nil {
		err = f.system.Sync(file)
	}
	if err != nil {
		_ = f.system.Remove(f.file, name)
	}
	return err
}

func (f *Folder) absent(name string) error {
	if err := f.system.Remove(f.file, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
