package tomlfile

import (
	"math"
	"strconv"
)

// Size is how an amount of bytes is written: "512M", or a whole number.
type Size struct {
	What  string // with its article, as in "an amount of memory"
	Least uint64 // below it, a unit was forgotten
}

const (
	sizeHint  = `write bytes with K, M, G or T (powers of 1024): "512M"`
	sizeUnits = "KMGT"
)

var sizePattern = NewPattern(`^([0-9]{1,19})([KMGT]?)$`)

// Forms lists what may be written.
func (s Size) Forms() []Form {
	return []Form{{Type: "string", Pattern: sizePattern}, {Type: "integer", Min: int64(s.Least)}}
}

// Read returns the bytes, or 0 after it has complained.
func (s Size) Read(v Value) uint64 {
	written := v.Text()
	switch v.Kind() {
	case Integer:
		written = strconv.FormatInt(v.Int(), 10)
	case String:
	default:
		v.Mismatch(s.What, sizeHint)
		return 0
	}
	m := sizePattern.Regexp().FindStringSubmatch(written)
	if m == nil {
		v.Wrong(sizeHint, "%s is not %s", v.Written(), s.What)
		return 0
	}
	number, err := strconv.ParseUint(m[1], 10, 64)
	shift := map[string]int{"": 0, "K": 10, "M": 20, "G": 30, "T": 40}[m[2]]
	switch {
	case err != nil || number > math.MaxInt64>>shift:
		v.Wrong(sizeHint, "%s is more than any machine has", v.Written())
	case number<<shift < s.Least:
		v.Wrong(sizeHint, "%s is less than %s", v.Written(), short(s.Least))
	default:
		return number << shift
	}
	return 0
}

// short writes bytes with the largest unit that leaves nothing over.
func short(n uint64) string {
	unit := 0
	for n != 0 && n%1024 == 0 && unit < len(sizeUnits) {
		n, unit = n/1024, unit+1
	}
	return strconv.FormatUint(n, 10) + sizeUnits[max(0, unit-1):unit]
}
