package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ecounit/apache"
	"ecounit/plan"
)

// Record is one site in the registry. It outlives the app: a path belongs to
// whom it was given until they or an administrator give it up.
type Record struct {
	plan.Site
	Account string    `json:"account"` // the user's name in the system; Owner is what stands in paths
	UID     int       `json:"uid"`
	State   State     `json:"state"`
	Reason  string    `json:"reason,omitempty"`  // an administrator's words for a rejection
	Problem string    `json:"problem,omitempty"` // why an approved site is not served, or why another still is
	Leaving bool      `json:"leaving,omitempty"` // given up or evicted; goes when the web server has let go of it
	Since   time.Time `json:"since"`             // of the state
}

// Grant is an administrator's permission for a path outside of the user's own.
type Grant struct {
	Path    string    `json:"path"`
	Account string    `json:"account"`
	UID     int       `json:"uid"`
	Since   time.Time `json:"since"`
}

// Store is where the service keeps records. Everybody may read them: they say
// no more than the web server's configuration does.
type Store struct{ Dir string }

// DefaultStore is the registry of this host. The includes name files in it.
var DefaultStore = Store{filepath.Dir(apache.PasswordFolder)}

// Sites is the folder of the records.
func (s Store) Sites() string { return filepath.Join(s.Dir, "sites") }

// Grants is the folder of the grants.
func (s Store) Grants() string { return filepath.Join(s.Dir, "grants") }

// Passwords is the folder of htpasswd files, each with the ID of a site as its
// name. Only root and the web server can read them.
func (s Store) Passwords() string { return filepath.Join(s.Dir, filepath.Base(apache.PasswordFolder)) }

// SiteFile is the file of a site's record.
func (s Store) SiteFile(id string) string { return filepath.Join(s.Sites(), id+recordSuffix) }

// GrantFile is the file of a grant. A path is one segment, so its name is safe.
func (s Store) GrantFile(path string) string {
	return filepath.Join(s.Grants(), strings.TrimPrefix(path, "/")+recordSuffix)
}

const recordSuffix = ".json"

// Site reads one record. Without one the error is fs.ErrNotExist.
func (s Store) Site(id string) (Record, error) { return readRecord[Record](s.SiteFile(id)) }

// AllSites reads every record, sorted by owner and app. Records that cannot be
// read do not hide the others: they come joined in the error.
func (s Store) AllSites() ([]Record, error) {
	records, err := readAll[Record](s.Sites())
	slices.SortFunc(records, func(a, b Record) int { return strings.Compare(a.ID(), b.ID()) })
	return records, err
}

// AllGrants reads every grant, sorted by path.
func (s Store) AllGrants() ([]Grant, error) {
	grants, err := readAll[Grant](s.Grants())
	slices.SortFunc(grants, func(a, b Grant) int { return strings.Compare(a.Path, b.Path) })
	return grants, err
}

func readAll[T any](dir string) ([]T, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the registry: %w", err)
	}
	var all []T
	var broken []error
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), recordSuffix) || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		record, err := readRecord[T](filepath.Join(dir, entry.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // taken away meanwhile
		}
		if err != nil {
			broken = append(broken, err)
			continue
		}
		all = append(all, record)
	}
	return all, errors.Join(broken...)
}

// maxRecord is far more than a record has, in bytes.
const maxRecord = 1 << 20

func readRecord[T any](path string) (T, error) {
	var record T
	text, err := ReadRegular(path, maxRecord)
	if err != nil {
		return record, err
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return record, fmt.Errorf("cannot read %s: %w", path, err)
	}
	return record, nil
}
