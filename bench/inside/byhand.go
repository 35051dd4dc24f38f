package inside

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// pollEvery and answerWithin are those of ecounit's own question after a start.
const (
	pollEvery    = 50 * time.Millisecond
	answerWithin = 10 * time.Second
)

// byHand does what somebody without ecounit does: copies unit files, reloads,
// enables and starts the target, and asks the app until it answers.
//
//	by-hand FOLDER UNITDIR TARGET URL
func byHand(ctx context.Context, words []string) error {
	if len(words) != 4 {
		return fmt.Errorf("by-hand takes a folder, a folder, a unit and an address")
	}
	from, to, target, url := words[0], words[1], words[2], words[3]
	files, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(from, file.Name()))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, file.Name()), text, 0o644); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"daemon-reload"}, {"enable", "--now", target}} {
		out, err := exec.CommandContext(ctx, "systemctl", append([]string{"--user", "--quiet"}, args...)...).CombinedOutput()
		if err != nil {
			return fmt.Errorf("systemctl --user %s: %w: %s", args[0], err, out)
		}
	}
	return wait(ctx, url)
}

// wait asks until the answer is 200.
func wait(ctx context.Context, url string) error {
	client := &http.Client{Timeout: answerWithin, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pollEvery):
		}
	}
}

// serve is a small web app: it answers 200 on a port of 127.0.0.1.
func serve(words []string) error {
	if len(words) != 1 {
		return fmt.Errorf("serve takes a port")
	}
	return http.ListenAndServe("127.0.0.1:"+words[0], http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintln(w, "ok")
	}))
}
