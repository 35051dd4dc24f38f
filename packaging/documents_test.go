package packaging

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestThePackageHasTheDocumentsThatItsOwnReferTo: who reads them has no sources.
func TestThePackageHasTheDocumentsThatItsOwnReferTo(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	contents := read("../nfpm.yaml")
	named := regexp.MustCompile(`docs/([a-z-]+\.md)`)
	for _, own := range []string{"administrators.md", "databases.md", "security.md"} {
		for _, m := range named.FindAllStringSubmatch(read("../docs/"+own), -1) {
			if n := strings.Count(contents, "/usr/share/doc/ecounit/"+m[1]+","); n != 2 {
				t.Errorf("%s refers to docs/%s, which is in %d of the two packages", own, m[1], n)
			}
		}
	}
}
