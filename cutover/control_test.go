package cutover

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeSupervisord answers on a socket, and keeps what it was asked.
type fakeSupervisord struct {
	Server
	asked   []string
	answers map[string]string // by method
}

func newFake(t *testing.T, answers map[string]string) *fakeSupervisord {
	t.Helper()
	f := &fakeSupervisord{answers: answers}
	f.Network, f.Address = "unix", filepath.Join(t.TempDir(), "s.sock")
	listener, err := net.Listen(f.Network, f.Address)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: f}}
	server.Start()
	t.Cleanup(server.Close)
	return f
}

func (f *fakeSupervisord) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if user, password, _ := r.BasicAuth(); user != f.Username || password != f.Password {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	body, _ := io.ReadAll(r.Body)
	f.asked = append(f.asked, string(body))
	for method, answer := range f.answers {
		if strings.Contains(string(body), "<methodName>"+method+"</methodName>") {
			_, _ = io.WriteString(w, "<?xml version='1.0'?><methodResponse>"+answer+"</methodResponse>")
		}
	}
}

func result(value string) string {
	return "<params><param><value>" + value + "</value></param></params>"
}

const notRunning = `<fault><value><struct>
<member><name>faultCode</name><value><int>70</int></value></member>
<member><name>faultString</name><value><string>NOT_RUNNING: x</string></value></member></struct></value></fault>`

func TestControl(t *testing.T) {
	ctx := context.Background()
	f := newFake(t, map[string]string{
		"supervisor.getPID": result("<int>42</int>"),
		"supervisor.getAllProcessInfo": result(`<array><data>
<value><struct><member><name>group</name><value><string>stats &amp; more</string></value></member>
<member><name>name</name><value><string>web</string></value></member>
<member><name>pid</name><value><int>7</int></value></member>
<member><name>statename</name><value><string>RUNNING</string></value></member></struct></value>
<value><struct><member><name>group</name><value>x</value></member><member><name>name</name><value>x</value></member>
<member><name>pid</name><value><int>0</int></value></member>
<member><name>statename</name><value><string>BACKOFF</string></value></member></struct></value></data></array>`),
		"supervisor.stopProcess":  notRunning,
		"supervisor.startProcess": notRunning,
	})
	f.Username, f.Password = "alice", "%<&"
	c, err := Connect(ctx, []Server{f.Server}, os.Getuid(), 42)
	if err != nil {
		t.Fatal(err)
	}
	programs, err := c.Programs(ctx)
	if err != nil || len(programs) != 2 {
		t.Fatal(programs, err)
	}
	if p := programs[0]; p.Name != "stats & more:web" || p.PID != 7 || !p.Runs || p.Starts {
		t.Errorf("%+v", p)
	}
	if p := programs[1]; p.Name != "x:x" || p.Runs || !p.Starts {
		t.Errorf("%+v", p)
	}
	if err := c.Stop(ctx, "a<b"); err != nil {
		t.Errorf("one that does not run need not be stopped: %v", err)
	}
	if got := f.asked[len(f.asked)-1]; !strings.Contains(got, "<string>a&lt;b</string></value></param><param><value><boolean>1</boolean>") {
		t.Errorf("asked %s", got)
	}
	err = c.Start(ctx, "x")
	if refusal := (*fault)(nil); !errors.As(err, &refusal) || refusal.Code != faultNotRunning || err.Error() != "cannot start x: supervisord says NOT_RUNNING: x" {
		t.Errorf("%v", err)
	}
}

func TestConnectTrustsOnlyTheRightOne(t *testing.T) {
	ctx := context.Background()
	f := newFake(t, map[string]string{"supervisor.getPID": result("<int>42</int>")})
	for _, test := range []struct {
		name    string
		servers []Server
		uid     int
		pid     int
		want    string
	}{
		{"nothing is configured", nil, os.Getuid(), 42, "takes no orders"},
		{"another process", []Server{f.Server}, os.Getuid(), 43, "another one answers there, process 42"},
		{"another user's", []Server{f.Server}, os.Getuid() + 1, 42, "another user listens there"},
		{"nobody", []Server{{Network: "unix", Address: f.Address + "x"}}, os.Getuid(), 42, "no such file"},
		{"a wrong password", []Server{{Network: "unix", Address: f.Address, Username: "x", Password: "y"}}, os.Getuid(), 42, "401 Unauthorized"},
		{"no port of the user's", []Server{ServerAt("", "1", "", "", "")}, os.Getuid(), 42, "nothing of yours listens there"},
	} {
		before := len(f.asked)
		_, err := Connect(ctx, test.servers, test.uid, test.pid)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
		if test.name == "another user's" && len(f.asked) != before {
			t.Error("another user was asked")
		}
	}
}

func TestAnswersThatAreNone(t *testing.T) {
	for _, text := range []string{"", "<", "<methodResponse/>", "<html></html>", "<methodResponse><params/></methodResponse>"} {
		if v, err := answer([]byte(text)); err == nil {
			t.Errorf("%q: %v", text, v)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add("<methodResponse>" + notRunning + "</methodResponse>")
	f.Add("<methodResponse>" + result("<array><data><value>x</value></data></array>") + "</methodResponse>")
	f.Fuzz(func(_ *testing.T, text string) {
		v, err := answer([]byte(text))
		if err == nil {
			_, _, _ = v.text(), v.number(), v.member("x")
		}
	})
}
