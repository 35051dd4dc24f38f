package descriptor

import (
	"os"
	"testing"
)

func BenchmarkParse(b *testing.B) {
	for _, name := range []string{"minimal", "asgi", "every-key"} {
		text, err := os.ReadFile("testdata/good/" + name + ".toml")
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, r := Parse(FileName, text); r.HasErrors() {
					b.Fatal(r.Entries())
				}
			}
		})
	}
}
