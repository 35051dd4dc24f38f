package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"ecounit/bench/inside"
)

const restarts = 10

// setUpSupervised runs the example under supervisor, with the same server and
// the same number of workers.
func (b *bench) setUpSupervised(ctx context.Context) error {
	return b.once("the app under supervisor", func() error {
		if err := b.once("the user "+sam, func() error { return b.host.AddUser(ctx, sam) }); err != nil {
			return err
		}
		if err := b.host.CopyDir(ctx, filepath.Join(b.sources, "examples/flask-tasks"), "/home/sam/tasks", sam); err != nil {
			return err
		}
		return b.supervisor(ctx, "one", fmt.Sprintf(`[program:tasks]
command=/usr/bin/python3 -m gunicorn --workers 2 --bind 127.0.0.1:%d wsgi:application
directory=/home/sam/tasks
environment=SCRIPT_NAME="/supervised"
`, supervisedPort))
	})
}

func (b *bench) lose(ctx context.Context, path string, restart inside.Command) (inside.Lost, error) {
	return ask[inside.Lost](ctx, b, "lose", inside.Restarts{
		URL: "http://127.0.0.1/" + path + "/healthz", Workers: 4,
		Restart: restart, Times: restarts, Pause: time.Second,
	})
}

func lostText(l inside.Lost) string { return fmt.Sprintf("%d of %d", l.Failures, l.Requests) }
