package inside

import (
	"context"
	"fmt"
	"time"

	"ecounit/test/load"
)

// Rivals asks how many requests a second each of the addresses answers, one
// after the other in each round.
type Rivals struct {
	URLs    []string
	Rounds  int
	Each    time.Duration
	Workers int
}

// Rate returns the rates by address. A request that fails is an error: a
// server that refuses is fast.
func Rate(ctx context.Context, r Rivals) ([][]float64, error) {
	rates := make([][]float64, len(r.URLs))
	for round := range r.Rounds + 1 { // the first one does not count
		for i, url := range r.URLs {
			result, err := load.Run(ctx, load.Options{URL: url, KeepAlive: true, Workers: r.Workers, Duration: r.Each})
			if err != nil {
				return nil, err
			}
			if result.Failures > 0 || result.Requests == 0 {
				return nil, fmt.Errorf("%s: %s", url, result)
			}
			if round > 0 {
				rates[i] = append(rates[i], result.Rate())
			}
		}
	}
	return rates, nil
}

// Restarts asks what becomes of requests while an app restarts, again and
// again.
type Restarts struct {
	URL     string
	Workers int
	Connect bool // a connection for each request
	Restart Command
	Times   int
	Pause   time.Duration // before each restart and after the last
}

// Lost is what became of them.
type Lost struct{ Requests, Failures int }

// Lose sends requests without a pause until all restarts are done.
func Lose(ctx context.Context, r Restarts) (Lost, error) {
	loading, stop := context.WithCancel(ctx)
	defer stop()
	sent := make(chan load.Result, 1)
	go func() {
		// Its error is that it was stopped.
		result, _ := load.Run(loading, load.Options{URL: r.URL, KeepAlive: !r.Connect, Workers: r.Workers, Duration: time.Hour})
		sent <- result
	}()
	var err error
	for i := 0; i < r.Times && err == nil; i++ {
		time.Sleep(r.Pause)
		_, err = r.Restart.run(ctx)
	}
	time.Sleep(r.Pause)
	stop()
	result := <-sent
	if err == nil && result.Requests-result.Failures == 0 {
		err = fmt.Errorf("%s never answered", r.URL)
	}
	return Lost{result.Requests, result.Failures}, err
}
