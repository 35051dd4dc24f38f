package tomlfile

import "testing"

func TestPathsCanBeTakenApart(t *testing.T) {
	for _, key := range []string{"a", "", "a.b", "a[0]", `"`, `\`, `'`, "`", "é", "\n", "\x1b", ".", "a b"} {
		path := Join(Join("process", key), "command") + "[3]"
		var parts []string
		for path != "" {
			var part string
			part, path = cutPath(path)
			parts = append(parts, part)
		}
		if len(parts) != 4 || parts[1] != key || parts[2] != "command" || parts[3] != "[3]" {
			t.Errorf("%q: %q", key, parts)
		}
	}
}
