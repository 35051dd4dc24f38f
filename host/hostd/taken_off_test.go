package hostd

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"ecounit/apache"
	"ecounit/host"
	"ecounit/host/hostd/bus"
	"ecounit/host/hostd/publish"
	"ecounit/host/hostd/webserver"
)

// stubServer is a web server of which all is well but what a test says.
type stubServer struct {
	mistakes  string
	processes int
}

func (s *stubServer) Test(context.Context) (string, error)  { return s.mistakes, nil }
func (s *stubServer) Reload(context.Context) error          { return nil }
func (s *stubServer) Running(context.Context) (bool, error) { return true, nil }
func (s *stubServer) Probe(context.Context, uint64) error   { return nil }
func (s *stubServer) Modules(context.Context) ([]string, error) {
	return []string{"alias", "headers", "proxy", "proxy_http", "setenvif"}, nil
}

func (s *stubServer) Processes(context.Context) (int, error) { return s.processes, nil }

// withApache gives a service a web server, in whose place the stub is.
func (s testService) withApache(t *testing.T) *stubServer {
	t.Helper()
	stub := &stubServer{processes: 3}
	web := host.Apache{Unit: "apache2.service", Dir: t.TempDir(), Version: apache.Version{Major: 2, Minor: 4, Patch: 62}}
	if err := os.Mkdir(web.IncludeDir(), 0o755); err != nil {
		t.Fatal(err)
	}
	s.web = webserver.Server{Apache: web}
	s.queue = publish.NewQueue(publish.New(s.store, web, stub), s.wanted, s.published)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { s.queue.Run(ctx); close(ended) }()
	t.Cleanup(func() { cancel(); <-ended })
	return stub
}

// Nobody is told that a site is off while the web server still has it, and
// nobody else gets its path.
func TestTakenOffAndStillServed(t *testing.T) {
	for _, trouble := range []struct {
		name string
		set  func(*stubServer)
		why  string
		fix  string
	}{
		{"a mistake", func(s *stubServer) { s.mistakes = "Invalid command 'X'\n" }, "Invalid command 'X'", "ecounit host check; when that is mended: ecounit host reconcile"},
		{"a crowd", func(s *stubServer) { s.processes = 16 }, "16 of at most 16", "systemctl restart apache2"},
	} {
		for _, act := range []struct {
			sender, method string
			args           []any
			gone           bool // nobody has the path afterwards
		}{
			{":root", "Reject", []any{"alice_tasks", "no"}, false},
			{":root", "Evict", []any{"alice_tasks"}, true},
			{":alice", "Withdraw", []any{"tasks", false}, false},
			{":alice", "Withdraw", []any{"tasks", true}, true},
		} {
			t.Run(trouble.name+" "+act.method, func(t *testing.T) {
				s := newTestService(t, "")
				stub := s.withApache(t)
				publishes := func(path string) error {
					_, err := s.handle(t.Context(), bus.Call{Sender: ":alice", Method: "Publish", Args: []any{requestFor("tasks", path)}})
					return err
				}
				if err := publishes("/alice_tasks"); err != nil {
					t.Fatal(err)
				}
				trouble.set(stub)
				for range 2 {
					_, err := s.handle(t.Context(), bus.Call{Sender: act.sender, Method: act.method, Args: act.args})
					var told *host.Error
					if !errors.As(err, &told) || told.Kind != host.Served || told.Fix != trouble.fix ||
						!strings.HasPrefix(told.Message, "recorded, but alice_tasks is still served: waits: ") || !strings.Contains(told.Message, trouble.why) {
						t.Fatalf("%#v", err)
					}
				}
				if sites := s.registry.Sites(); len(sites) != 1 || !strings.Contains(sites[0].Problem, trouble.why) {
					t.Errorf("%+v", sites)
				}
				s.refuses(t, ":root", "Grant", host.Taken, "alice_tasks", "Bob@CAMPUS", "/alice_tasks", true)

				stub.mistakes, stub.processes = "", 3
				if _, err := s.handle(t.Context(), bus.Call{Sender: act.sender, Method: act.method, Args: act.args}); err != nil {
					t.Error(err)
				}
				if left := s.registry.Sites(); (len(left) == 0) != act.gone || !act.gone && left[0].Problem != "" {
					t.Errorf("%+v", left)
				}
			})
		}
	}
}
