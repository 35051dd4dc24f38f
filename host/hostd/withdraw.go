package hostd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/jobs"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/webserver"
)

// withdraw takes every published site off the web server, for a package that
// is being removed. The registry stays: the next installation publishes them
// again. Includes that an administrator installed by hand stay, too.
func (p program) withdraw(ctx context.Context) error {
	web, found := host.FindApache("")
	if !found {
		return nil
	}
	if _, err := os.Stat(web.IncludeDir()); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err := os.MkdirAll(outputDir, 0o700); err != nil {
		return fmt.Errorf("cannot withdraw the sites: %w", err)
	}
	runner := jobs.New(outputDir)
	defer runner.Close()
	server := webserver.Server{Apache: web, Jobs: runner}
	if _, err := publish.New(p.store, web, server).Publish(ctx, publish.Wanted{}); err != nil {
		return err
	}
	err := os.Remove(filepath.Join(web.IncludeDir(), apache.GenerationName))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("cannot withdraw the sites: %w", err)
	}
	running, err := server.Running(ctx)
	if err != nil || !running {
		return err
	}
	if mistakes, err := server.Test(ctx); err != nil || mistakes != "" {
		return errors.Join(err, fmt.Errorf("cannot reload Apache: %s", mistakes))
	}
	return server.Reload(ctx)
}
