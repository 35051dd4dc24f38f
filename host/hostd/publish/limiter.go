package publish

import "time"

// A reload leaves old processes behind, and twenty in a second cost three
// quarters of what the web server can serve (facts: apache.md).
const (
	burst    = 3
	interval = 2 * time.Second
)

// limiter is a token bucket.
type limiter struct {
	tokens float64
	filled time.Time
}

func newLimiter(now time.Time) *limiter { return &limiter{burst, now} }

// take notes that n reloads took place, also where there was no room for them:
// the way back from a failed one does not wait.
func (l *limiter) take(now time.Time, n int) {
	l.fill(now)
	l.tokens -= float64(n)
}

// delay is how long the next reload has to wait.
func (l *limiter) delay(now time.Time) time.Duration {
	l.fill(now)
	if l.tokens >= 1 {
		return 0
	}
	return time.Duration((1 - l.tokens) * float64(interval))
}

func (l *limiter) fill(now time.Time) {
	l.tokens = min(burst, l.tokens+float64(now.Sub(l.filled))/float64(interval))
	l.filled = now
}
