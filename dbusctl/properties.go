package dbusctl

import (
	"errors"
	"math"
	"time"

	"github.com/godbus/dbus/v5"
)

// properties of a unit, as GetAll returns them.
type properties map[string]dbus.Variant

// value is a property, or the zero value where the unit has none of the type.
func value[T any](p properties, name string) T {
	v, _ := p[name].Value().(T)
	return v
}

// store is value for a property that is a struct or a list of them, and says
// whether the unit has it. Variant.Store panics on the variant of a property
// that is not there.
func (p properties) store(name string, value any) bool {
	v, has := p[name]
	return has && v.Store(value) == nil
}

// answer keeps the answer to a question for one property, or for all when the
// name is empty. One that the manager refuses is left out: older ones have
// fewer properties.
func (p properties) answer(name string, call *dbus.Call) error {
	var refused dbus.Error
	switch {
	case errors.As(call.Err, &refused):
		return nil
	case call.Err != nil:
		return call.Err
	case name == "":
		return call.Store(&p)
	}
	var v dbus.Variant
	err := call.Store(&v)
	p[name] = v
	return err
}

// counter is nil for the largest number, systemd's "not known".
func (p properties) counter(name string) *uint64 {
	n, ok := p[name].Value().(uint64)
	if !ok || n == math.MaxUint64 {
		return nil
	}
	return &n
}

// time converts microseconds since 1970; none and "never" are zero.
func (p properties) time(name string) time.Time {
	usec := value[uint64](p, name)
	if usec == 0 || usec > math.MaxInt64 {
		return time.Time{}
	}
	return time.UnixMicro(int64(usec))
}

// wholeRun is how long the last run took, from its start on. The clock that tells the time of day may
// be set meanwhile, this one not.
func (p properties) wholeRun() time.Duration {
	begun, ended := value[uint64](p, "InactiveExitTimestampMonotonic"), value[uint64](p, "InactiveEnterTimestampMonotonic")
	if begun == 0 || ended < begun {
		return 0
	}
	took, _ := duration(ended - begun)
	return took
}

// duration converts systemd's microseconds; infinity and absence are unknown.
func duration(usec uint64) (d time.Duration, known bool) {
	if usec == 0 || usec > uint64(1<<63-1)/1000 {
		return 0, false
	}
	return time.Duration(usec) * time.Microsecond, true
}
