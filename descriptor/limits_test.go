package descriptor

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// fill repeats what part makes until a descriptor may not be longer.
func fill(head string, part func(i int) string) string {
	var b strings.Builder
	b.WriteString(head)
	for i := 0; ; i++ {
		next := part(i)
		if b.Len()+len(next) > MaxSize {
			return b.String()
		}
		b.WriteString(next)
	}
}

func same(s string) func(int) string { return func(int) string { return s } }

// TestHostileFilesTakeNoTime: each takes some milliseconds, or a tenth of a
// second with the race detector; what is quadratic takes many seconds.
func TestHostileFilesTakeNoTime(t *testing.T) {
	numbered := func(format string) func(int) string {
		return func(i int) string { return fmt.Sprintf(format, i) }
	}
	for name, text := range map[string]string{
		"variables":                fill("[env]\n", numbered("k%d=''\n")),
		"unknown keys":             fill("", numbered("k%d=1\n")),
		"bad variables":            fill("[env]\n", numbered("%d=1\n")),
		"the same key":             fill("", same("a=1\n")),
		"the same table":           fill("", same("[web]\n")),
		"processes":                fill("", numbered("[process.p%d]\n")),
		"tables below a long key":  fill("", numbered("["+strings.Repeat("k", 120)+".%d]\n")),
		"a long inline table":      fill("env={", numbered("k%d='',")),
		"a long list":              fill("env_files=[", same("1,")),
		"a list of lists":          fill("env_files=[", same("[],")),
		"open brackets":            fill("x=", same("[")),
		"open tables":              fill("x=", same("{a=")),
		"header brackets":          fill("", same("[")),
		"a dotted key":             fill("a", same(".a")),
		"a dotted header":          fill("[a", same(".a")),
		"a long header, many keys": fill("["+strings.Repeat("a.", 8)+"a]\n", numbered("k%d=1\n")),
		"arrays of tables":         fill("", same("[[x]]\n")),
		"nested arrays of tables":  fill("[[x]]\n", same("[[x.y]]\n")),
		"one string":               fill(`name="`, same("x")) + `"`,
		"quotes":                   fill("", same(`"`)),
		"escapes":                  fill(`name="`, same(`\n`)),
		"digits":                   fill("x=", same("1")),
		"a time span of digits":    "restart.delay='" + strings.Repeat("1", MaxSize-20) + "'",
		"a time span of parts":     "restart.delay='" + strings.Repeat("1s", (MaxSize-20)/2) + "'",
		"a health path":            "web.health='" + strings.Repeat("/a", (MaxSize-20)/2) + "'",
		"a command of quotes":      "web.command='''" + strings.Repeat(`""`, (MaxSize-20)/2) + "'''",
		"a command of braces":      "web.command='" + strings.Repeat("${", (MaxSize-20)/2) + "'",
		"a comment":                fill("#", same("[")),
		"lines":                    fill("", same("\n")) + "x",
		"spaces":                   fill("", same(" ")) + "x",
		"carriage returns":         fill("x", same("\r")),
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, r := Parse(FileName, []byte(text))
			if spent := time.Since(begin); spent > 10*time.Second {
				t.Errorf("took %s", spent)
			}
			if !r.HasErrors() {
				t.Error("no error")
			}
			if n := len(r.Entries()); n > 4096 {
				t.Errorf("%d entries", n)
			}
		})
	}
}

func TestLargeFilesAreRefused(t *testing.T) {
	for _, size := range []int{MaxSize + 1, 300 << 10, 50 << 20} {
		text := []byte(strings.Repeat("#", size))
		begin := time.Now()
		_, r := Parse(FileName, text)
		if spent := time.Since(begin); spent > time.Second {
			t.Errorf("%d bytes took %s", size, spent)
		}
		entries := r.Entries()
		if len(entries) != 1 || !strings.HasPrefix(entries[0].Message, "the file is larger than") {
			t.Errorf("%d bytes: %v", size, entries)
		}
	}
}

func TestTheLargestFileIsRead(t *testing.T) {
	head := "name = \"a\"\nweb.wsgi = \"a\"\n#"
	_, r := Parse(FileName, []byte(head+strings.Repeat("x", MaxSize-len(head))))
	if r.HasErrors() {
		t.Error(r.Entries())
	}
}

func TestBracketsInTextAreNotCounted(t *testing.T) {
	many := strings.Repeat("[{", 100)
	_, r := Parse(FileName, []byte("# "+many+"\nname = \"a\"\ndescription = \""+many+"\"\nweb.command = [\"a\", '"+many+"']\n"))
	if r.HasErrors() {
		t.Error(r.Entries())
	}
}
