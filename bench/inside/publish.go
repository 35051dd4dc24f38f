package inside

import (
	"context"
	"fmt"
	"time"

	"ecounit/host"
)

// republish asks the host service for a site of the caller's with another
// timeout than before, so that its include changes, and waits until it is live.
//
//	republish APP PATH
func republish(ctx context.Context, words []string) error {
	if len(words) != 2 {
		return fmt.Errorf("republish takes an app and a path")
	}
	client, err := host.Connect(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	answer, err := client.Publish(ctx, host.Request{
		App: words[0], Path: words[1], Prefix: "keep", WebSocket: true,
		Timeout: uint32(300 + time.Now().UnixMilli()%3000),
	})
	if err == nil && !answer.Live {
		err = fmt.Errorf("%s is %s and not live: %s", words[1], answer.State, answer.Reason)
	}
	return err
}
