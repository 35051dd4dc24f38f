package dbusctl

import (
	"errors"
	"fmt"
	"testing"

	"github.com/godbus/dbus/v5"
)

func TestStartThroughWaitsForBoth(t *testing.T) {
	for _, test := range []struct {
		first, second string // how the jobs end
		early         bool   // the second one before the first
		want          string
	}{
		{"done", "done", false, ""},
		{"done", "done", true, ""},
		{"done", "failed", false, "cannot start job@0abc.service: exited with status 3"},
		{"done", "canceled", true, "cannot start job@0abc.service: another request replaced this one"},
		{"failed", "", false, "cannot start job.service: exited with status 4"},
	} {
		t.Run(fmt.Sprint(test.first, test.second, test.early), func(t *testing.T) {
			f, m := connected(t)
			exited := func(unit string, status int32) {
				f.set(unitPath(unit), map[string]any{
					"InvocationID": []byte{0x0a, 0xbc}, "Result": "exit-code", "ExecMainCode": int32(1), "ExecMainStatus": status,
				})
			}
			exited("job.service", 4)
			exited("job@0abc.service", 3)
			f.on("StartUnit", func(c *fakeConn, call *dbus.Message) {
				ends := func(n uint32, unit, result string) {
					if result != "" {
						c.signal(managerPath, managerFace, "JobRemoved", n, dbus.ObjectPath(fmt.Sprint("/job/", n)), unit, result)
					}
				}
				c.reply(call, dbus.ObjectPath("/job/1"))
				if test.early {
					ends(2, "job@0abc.service", test.second)
				}
				ends(1, "job.service", test.first)
				if !test.early {
					ends(2, "job@0abc.service", test.second)
				}
			})
			asked := 0
			err := m.StartThrough(shortly(t), "job.service", func(id string) string {
				asked++
				return "job@" + id + ".service"
			})
			got := ""
			if err != nil {
				got = err.Error()
				var failed *JobError
				if !errors.As(err, &failed) {
					t.Errorf("%T", err)
				}
			}
			if got != test.want || (asked == 1) != (test.first == "done") {
				t.Errorf("%q, want %q; asked %d times", got, test.want, asked)
			}
		})
	}
}

func TestStartThroughALostManager(t *testing.T) {
	f, m := connected(t)
	f.on("StartUnit", func(c *fakeConn, call *dbus.Message) {
		c.reply(call, dbus.ObjectPath("/job/1"))
		c.Close()
	})
	if err := m.StartThrough(shortly(t), "job.service", func(string) string { return "" }); !errors.Is(err, ErrLost) {
		t.Error(err)
	}
}
