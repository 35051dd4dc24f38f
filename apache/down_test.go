package apache

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The page stands in for any app, on a server whose other paths are apps too:
// it must not load anything, nor name one.
func TestDownPageStandsAlone(t *testing.T) {
	src, err := os.ReadFile("../templates/down.html")
	if err != nil {
		t.Fatal(err)
	}
	page := string(src)
	if len(page) > 4096 {
		t.Errorf("%d bytes, want at most 4096", len(page))
	}
	if found := regexp.MustCompile(`//[a-z]|src=|@import|url\(`).FindString(page); found != "" {
		t.Errorf("loads something: %q", found)
	}
	for _, want := range []string{
		`<html lang="en">`, `name="viewport"`, "prefers-color-scheme: dark", `role="status"`, "not running right now", "<noscript>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %q", want)
		}
	}
}
