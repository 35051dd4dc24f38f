package hostd

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/publish"
)

// checkFolder looks for what Apache reads among the includes and nobody
// answers for. blocked says that Apache would wait there for ever.
func (s *service) checkFolder() (found []host.Finding, blocked bool) {
	dir := s.web.Apache.IncludeDir()
	entries, err := os.ReadDir(dir)
	if err != nil {
		return []host.Finding{failure("reinstall ecounit", "includes: %v", err)}, false
	}
	known := s.knownIncludes()
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, apache.Suffix) || strings.HasPrefix(name, ".") {
			continue // Apache skips it
		}
		path := filepath.Join(dir, name)
		info, err := entry.Info()
		if err != nil {
			continue // gone meanwhile
		}
		switch {
		case info.Mode()&fs.ModeNamedPipe != 0:
			blocked = true
			found = append(found, failure("rm "+path, "includes: %s is a FIFO, at which Apache waits for ever", path))
		case !info.Mode().IsRegular():
			found = append(found, failure("rm -r "+path, "includes: %s is not a file of ecounit's", path))
		case info.Sys().(*syscall.Stat_t).Uid != 0 || info.Mode()&0o022 != 0:
			found = append(found, failure("rm "+path, "includes: others than root can write %s", path))
		case !known[name]:
			found = append(found, warning("rm "+path, "includes: %s belongs to no site of the registry", path))
		}
	}
	return found, blocked
}

// knownIncludes are the files of sites, of the registry or installed by hand.
func (s *service) knownIncludes() map[string]bool {
	known := map[string]bool{apache.GenerationName: true}
	for _, record := range s.registry.Sites() {
		known[apache.FileName(record.Owner, record.App)] = true
	}
	for _, id := range s.registry.Broken() {
		known[id+apache.Suffix] = true
	}
	byHand, err := publish.ByHand(s.store, s.web.Apache)
	if err != nil {
		return known // and the rest is reported
	}
	for _, site := range byHand {
		known[apache.FileName(site.Owner, site.App)] = true
	}
	return known
}
