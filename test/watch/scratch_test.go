//go:build machine

package watch

import (
	"os"
	"testing"
	"time"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

func TestScratch(t *testing.T) {
	suite := machine.Suite(os.Getenv("SUITE"))
	h := scene.New(t, suite)
	u := h.User("alice")
	h.Must(h.Linger(t.Context(), "alice"))
	time.Sleep(time.Second)
	script, err := os.ReadFile(os.Getenv("SCRIPT"))
	h.Must(err)
	u.Write("s.sh", string(script))
	r, err := u.WithManager().Exec(t.Context(), "sh", u.Home()+"/s.sh")
	t.Log(string(suite), r.Code, "\n"+r.Stdout+r.Stderr, err)
}
