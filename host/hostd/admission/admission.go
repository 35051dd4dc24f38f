// Package admission decides whether a call may begin, so that no user can keep
// the service from the others: each has a bucket of calls that fills slowly,
// and few calls under way at a time.
//
// It must not know what a call is about.
package admission

import (
	"errors"
	"sync"
	"time"
)

// ErrTooMany says that a user calls too often.
var ErrTooMany = errors.New("too many calls")

// Limits hold for each user but root.
type Limits struct {
	Burst    int           // calls at once
	Every    time.Duration // a further one each
	UnderWay int           // at the same time
	All      int           // under way of everybody
}

// Default is many times what the command line needs.
var Default = Limits{Burst: 20, Every: 500 * time.Millisecond, UnderWay: 4, All: 64}

// Gate keeps count. The zero value is not of use: see New.
type Gate struct {
	limits Limits
	now    func() time.Time

	mu       sync.Mutex
	underWay int
	users    map[int]*user
}

type user struct {
	tokens   float64
	filled   time.Time
	underWay int
}

// New is a gate with limits; now is the clock.
func New(limits Limits, now func() time.Time) *Gate {
	return &Gate{limits: limits, now: now, users: map[int]*user{}}
}

// Enter lets a call begin, or returns ErrTooMany. The caller calls done once
// at its end.
func (g *Gate) Enter(uid int) (done func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	const root = 0
	u := g.user(uid)
	if uid != root {
		if u.tokens < 1 || u.underWay >= g.limits.UnderWay || g.underWay >= g.limits.All {
			return nil, ErrTooMany
		}
		u.tokens--
	}
	u.underWay++
	g.underWay++
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		u.underWay--
		g.underWay--
	}, nil
}

// user is somebody's count, filled up to now.
func (g *Gate) user(uid int) *user {
	now := g.now()
	u := g.users[uid]
	if u == nil {
		u = &user{tokens: float64(g.limits.Burst), filled: now}
		g.users[uid] = u
	}
	u.tokens = min(float64(g.limits.Burst), u.tokens+float64(now.Sub(u.filled))/float64(g.limits.Every))
	u.filled = now
	return u
}
