package apache

import (
	"math"
	"strings"
	"testing"
)

func TestGeneration(t *testing.T) {
	const want = `# Made by ecounit. It changes with each publication, to see that the server has loaded it.
<Location "/.ecounit/down.html">
  Header "always" "set" "Ecounit-Generation" "1767225600000"
</Location>
`
	file, err := Generation(1767225600000)
	if err != nil || file.Name != "generation.conf" || string(file.Content) != want {
		t.Errorf("%s, error %v:\n%s", file.Name, err, file.Content)
	}
	for _, n := range []uint64{0, 1, math.MaxInt64, math.MaxUint64} {
		file, err := Generation(n)
		if err != nil {
			t.Fatal(err)
		}
		if got, found := ParseGeneration(file.Content); !found || got != n {
			t.Errorf("%d was read back as %d, %t", n, got, found)
		}
	}
	for _, text := range []string{"", `Header "always" "set" "Ecounit-Generation" "99999999999999999999"`, `# Header "always" "set" "Ecounit-Generation" "1"`, `Header "always" "set" "Ecounit-Generation" "-1"`} {
		if n, found := ParseGeneration([]byte(text)); found {
			t.Errorf("%q was read as %d", text, n)
		}
	}
}

// No app can have the name of the file.
func TestGenerationIsNoSite(t *testing.T) {
	if strings.Contains(GenerationName, "_") || !strings.Contains(FileName("generation", ""), "_") {
		t.Errorf("%s could be a site's", GenerationName)
	}
}
