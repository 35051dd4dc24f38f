package publish

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Queue lets many callers share few publications. Reloads come three at once
// at most, and then one every two seconds.
type Queue struct {
	publisher *Publisher
	wanted    func() Wanted
	done      func(Result, error)
	limiter   *limiter // of Run alone
	wake      chan struct{}

	mu      sync.Mutex
	waiting []chan<- answer // for the next publication
	busy    bool
	ended   bool
}

type answer struct {
	result Result
	err    error
}

var errEnded = errors.New("cannot publish: the service is stopping")

// NewQueue returns a queue for a publisher. wanted is asked at the beginning of
// each publication, when all who wait for it have come; done is told each
// result before they are.
func NewQueue(p *Publisher, wanted func() Wanted, done func(Result, error)) *Queue {
	return &Queue{publisher: p, wanted: wanted, done: done, limiter: newLimiter(time.Now()), wake: make(chan struct{}, 1)}
}

// Publish waits for a publication that began after the call. A caller who
// gives up does not stop it.
func (q *Queue) Publish(ctx context.Context) (Result, error) {
	mine, err := q.enter()
	if err != nil {
		return Result{}, err
	}
	select {
	case a := <-mine:
		return a.result, a.err
	case <-ctx.Done():
		return Result{}, ctx.Err()
	}
}

func (q *Queue) enter() (<-chan answer, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ended {
		return nil, errEnded
	}
	mine := make(chan answer, 1) // the caller may be gone
	q.waiting = append(q.waiting, mine)
	select {
	case q.wake <- struct{}{}:
	default: // it is awake
	}
	return mine, nil
}

// Busy says whether a publication is under way or asked for: no time to exit.
func (q *Queue) Busy() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.busy || len(q.waiting) > 0
}

// Run publishes for the callers of Publish until ctx ends, and finishes what
// is under way then.
func (q *Queue) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			q.end()
			return
		case <-q.wake:
		}
		if q.rest(ctx) == nil {
			q.publish(context.WithoutCancel(ctx))
		}
	}
}

// rest waits until the web server may be reloaded, if that is to come. Who
// comes meanwhile joins.
func (q *Queue) rest(ctx context.Context) error {
	delay := q.limiter.delay(time.Now())
	if delay == 0 || !q.publisher.pending(q.wanted()) {
		return ctx.Err()
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (q *Queue) publish(ctx context.Context) {
	q.mu.Lock()
	batch := q.waiting
	q.waiting, q.busy = nil, true
	q.mu.Unlock()
	if len(batch) > 0 {
		result, err := q.publisher.Publish(ctx, q.wanted())
		q.limiter.take(time.Now(), result.reloads)
		q.done(result, err)
		for _, waiter := range batch {
			waiter <- answer{result, err}
		}
	}
	q.mu.Lock()
	q.busy = false
	q.mu.Unlock()
}

func (q *Queue) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	for _, waiter := range q.waiting {
		waiter <- answer{err: errEnded}
	}
	q.waiting = nil
}
