package apache

import (
	"fmt"
	"strconv"

	"ecounit/lazy"
)

// GenerationName is the file of Generation. It can be no site's: theirs have
// an underscore.
const GenerationName = "generation.conf"

// GenerationHeader tells the generation, in answers for DownPage.
const GenerationHeader = "Ecounit-Generation"

// Generation writes the include that has the server say which generation of
// its configuration it runs: in a header of the page for apps that are down,
// which answers without any app.
func Generation(n uint64) (File, error) {
	b := newBlock()
	b.comment(fixed(madeBy + "It changes with each publication, to see that the server has loaded it."))
	b.section("Location", fixed(DownPage), func(b block) {
		b.set("Header", fixed("always"), fixed("set"), fixed(GenerationHeader), generation(n))
	})
	content, err := b.bytes()
	if err != nil {
		return File{}, fmt.Errorf("cannot write an Apache include: %w", err)
	}
	return File{Name: GenerationName, Content: content}, nil
}

// generation is a number that may be too large for an int.
type generation uint64

func (g generation) text() (string, error) { return strconv.FormatUint(uint64(g), 10), nil }

var generationPattern = lazy.Regexp(`(?m)^ *Header "always" "set" "` + GenerationHeader + `" "([0-9]{1,20})"$`)

// ParseGeneration reads the number back from the text of Generation.
func ParseGeneration(text []byte) (n uint64, found bool) {
	m := generationPattern().FindSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(string(m[1]), 10, 64)
	return n, err == nil
}
