package load

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"time"
)

// Result is what became of the requests.
type Result struct {
	Requests    int // answered or failed
	Failures    int // no whole answer, or a status other than 2xx and 3xx
	Statuses    map[int]int
	Messages    map[string]int // why there was no answer; a sample of at most ten kinds
	Connections int            // opened, or tried to
	Elapsed     time.Duration

	// How long the answers that were no failures took.
	P50, P99, Max time.Duration
}

// Rate is how many requests were answered well in a second.
func (r Result) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(r.Requests-r.Failures) / r.Elapsed.Seconds()
}

// String is one line for a test's log, and one for each kind of failure.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d requests in %s on %d connections: %.0f/s, p50 %s, p99 %s, max %s, %d failed",
		r.Requests, r.Elapsed.Round(time.Millisecond), r.Connections, r.Rate(), r.P50, r.P99, r.Max, r.Failures)
	for _, status := range slices.Sorted(maps.Keys(r.Statuses)) {
		if !fine(status) {
			fmt.Fprintf(&b, "\n%6d × status %d", r.Statuses[status], status)
		}
	}
	for _, message := range slices.Sorted(maps.Keys(r.Messages)) {
		fmt.Fprintf(&b, "\n%6d × %s", r.Messages[message], message)
	}
	return b.String()
}

func fine(status int) bool { return status >= 200 && status < 400 }

const maxMessages = 10

// tally is what one worker counts.
type tally struct {
	statuses map[int]int
	messages map[string]int
	lost     int
	took     []time.Duration
}

// add counts one request, and reports whether it was answered well.
func (t *tally) add(status int, err error, took time.Duration) bool {
	if t.statuses == nil {
		t.statuses, t.messages = map[int]int{}, map[string]int{}
	}
	if err != nil {
		t.lost++
		count(t.messages, describe(err), 1)
		return false
	}
	t.statuses[status]++
	if !fine(status) {
		return false
	}
	t.took = append(t.took, took)
	return true
}

func count(messages map[string]int, message string, n int) {
	if _, known := messages[message]; !known && len(messages) >= maxMessages {
		return
	}
	messages[message] += n
}

// describe leaves out what differs each time: the ports of a connection.
func describe(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + ": " + op.Err.Error()
	}
	return err.Error()
}

func sum(tallies []tally, elapsed time.Duration) Result {
	r := Result{Statuses: map[int]int{}, Messages: map[string]int{}, Elapsed: elapsed}
	var took []time.Duration
	for _, t := range tallies {
		r.Failures += t.lost
		for status, n := range t.statuses {
			r.Statuses[status] += n
			if !fine(status) {
				r.Failures += n
			}
		}
		for message, n := range t.messages {
			count(r.Messages, message, n)
		}
		took = append(took, t.took...)
	}
	r.Requests = r.Failures + len(took)
	if len(took) == 0 {
		return r
	}
	slices.Sort(took)
	r.P50, r.P99, r.Max = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	return r
}
