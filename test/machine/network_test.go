//go:build machine

package machine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"
)

func testNetwork(t *testing.T, m *Machine) {
	ctx := t.Context()
	server, err := m.As("bob").Dir("/usr/share/python3").Start(ctx, "python3", "-m", "http.server", "8000", "--bind", "127.0.0.1")
	must(t, err)
	defer server.Stop()
	client := m.HTTPClient()
	waitFor(t, func() bool { return get(ctx, client, "http://127.0.0.1:8000/") == nil })
	for _, url := range []string{"http://localhost:8000/", "http://any.name.example:8000/"} {
		must(t, get(ctx, client, url))
	}
	if err := get(ctx, client, "http://127.0.0.1:8001/"); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a port nobody listens on: %v", err)
	}
	t.Run("https", func(t *testing.T) {
		output(t, m.As("root"), "systemctl", "start", "apache2")
		must(t, get(ctx, client, "https://"+HostName+"/"))
		must(t, get(ctx, client, "https://127.0.0.1/"))
		output(t, m.As("bob"), "curl", "-fsS", "-o", "/dev/null", "https://"+HostName+"/")
	})
	t.Run("many at once", func(t *testing.T) { testManyDials(t, m) })
	t.Run("unix", func(t *testing.T) {
		conn, err := m.DialContext(ctx, "unix", "/var/run/dbus/system_bus_socket") // /var/run is a link to /run
		must(t, err)
		conn.Close()
		_, err = m.DialContext(ctx, "unix", "/no/such/socket")
		if !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("error = %v", err)
		}
	})
	t.Run("context", func(t *testing.T) {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if _, err := m.DialContext(ended, "tcp", "127.0.0.1:8000"); !errors.Is(err, context.Canceled) {
			t.Errorf("error = %v", err)
		}
	})
	client.CloseIdleConnections()
}

// testManyDials opens a new connection for every request, from many goroutines.
func testManyDials(t *testing.T, m *Machine) {
	ctx, cancel := context.WithTimeout(t.Context(), testTimeout)
	defer cancel()
	client := m.HTTPClient()
	client.Transport.(*http.Transport).DisableKeepAlives = true
	start := time.Now()
	const workers, each = 100, 30
	failures := make(chan error, workers*each)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for range each {
				if err := get(ctx, client, "http://127.0.0.1/"); err != nil {
					failures <- err
				}
			}
		})
	}
	all.Wait()
	close(failures)
	t.Logf("%d connections in %v", workers*each, time.Since(start))
	if n := len(failures); n > 0 {
		t.Errorf("%d of %d failed, one with: %v", n, workers*each, <-failures)
	}
	// No thread of this process was left in the machine's network.
	if result, err := m.Exec(ctx, "true"); err != nil || result.Code != 0 {
		t.Errorf("afterwards: %+v, %v", result, err)
	}
}

func get(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, response.Status)
	}
	return nil
}
