//go:build machine

package attack

import (
	"bufio"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"ecounit/test/machine"
)

// chromium is a real browser, on the host that runs the tests. It reaches
// nothing but the machine's https servers.
type chromium struct {
	t       *testing.T
	to      *json.Encoder
	mu      sync.Mutex
	last    int
	waiting map[int]chan reply
	ended   error
}

// reply is an answer of the browser's (Chrome DevTools Protocol).
type reply struct {
	ID     int
	Result json.RawMessage
	Error  *struct{ Message string }
}

// visitor is somebody with a browser of their own: cookies, service workers
// and everything else that a site can leave there.
type visitor struct {
	browser *chromium
	context string
	session string
}

// chromium starts the browser. ports are those of the servers that it may
// reach, besides 443. It ends with the test.
func (h *machineHost) chromium(ports ...int) *chromium {
	h.t.Helper()
	program, err := exec.LookPath("chromium")
	if err != nil {
		h.t.Fatalf("%v (on Debian: apt-get install chromium)", err)
	}
	rules := ""
	for _, port := range append(ports, 443) {
		rules += fmt.Sprintf("MAP %s:%d %s,", machine.HostName, port, h.forward(port))
	}
	cmd := exec.CommandContext(context.WithoutCancel(h.t.Context()), program,
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
		"--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
		"--user-data-dir="+h.t.TempDir(), "--remote-debugging-pipe",
		"--host-resolver-rules="+rules+"MAP * ~NOTFOUND",
		"--ignore-certificate-errors-spki-list="+h.keyDigest(), "about:blank")
	hisIn, to, err := os.Pipe()
	h.must(err)
	from, hisOut, err := os.Pipe()
	h.must(err)
	cmd.ExtraFiles = []*os.File{hisIn, hisOut} // 3 and 4
	h.must(cmd.Start())
	hisIn.Close()
	hisOut.Close()
	c := &chromium{t: h.t, to: json.NewEncoder(withNUL{to}), waiting: map[int]chan reply{}}
	go c.read(from)
	h.t.Cleanup(func() {
		to.Close() // ends it
		timer := time.AfterFunc(5*time.Second, func() { _ = cmd.Process.Kill() })
		_ = cmd.Wait()
		timer.Stop()
		from.Close()
	})
	return c
}

// forward opens a port of this host's loopback interface that leads to one of
// the machine's.
func (h *machineHost) forward(port int) (address string) {
	h.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.t.Context()))
	h.t.Cleanup(func() { cancel(); listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer near.Close()
				far, err := h.DialContext(ctx, "tcp", fmt.Sprintf("%s:%d", machine.HostName, port))
				if err != nil {
					return
				}
				stop := context.AfterFunc(ctx, func() { near.Close(); far.Close() })
				defer stop()
				go func() { _, _ = io.Copy(far, near); far.Close() }()
				_, _ = io.Copy(near, far)
			}()
		}
	}()
	return listener.Addr().String()
}

// keyDigest names the key of the machine's certificate, as Chromium wants it.
func (h *machineHost) keyDigest() string {
	h.t.Helper()
	block, _ := pem.Decode([]byte(h.root("cat", "/etc/ssl/certs/ssl-cert-snakeoil.pem")))
	certificate, err := x509.ParseCertificate(block.Bytes)
	h.must(err)
	sum := sha256.Sum256(certificate.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// withNUL ends each message as the protocol's pipe has it.
type withNUL struct{ io.Writer }

func (w withNUL) Write(p []byte) (int, error) {
	_, err := w.Writer.Write(append(p[:len(p)-1:len(p)-1], 0))
	return len(p), err
}

func (c *chromium) read(from io.Reader) {
	reader := bufio.NewReader(from)
	for {
		text, err := reader.ReadBytes(0)
		if err != nil {
			c.mu.Lock()
			c.ended = errors.New("chromium ended")
			for _, waiting := range c.waiting {
				close(waiting)
			}
			c.waiting = nil
			c.mu.Unlock()
			return
		}
		var r reply
		if json.Unmarshal(text[:len(text)-1], &r) != nil || r.ID == 0 {
			continue // an event
		}
		c.mu.Lock()
		waiting := c.waiting[r.ID]
		delete(c.waiting, r.ID)
		c.mu.Unlock()
		if waiting != nil {
			waiting <- r
		}
	}
}

var errSilent = errors.New("no answer from chromium")

// tell sends a command and stores its result.
func (c *chromium) tell(session, method string, params map[string]any, result any) error {
	waiting := make(chan reply, 1)
	c.mu.Lock()
	if c.ended != nil {
		c.mu.Unlock()
		return c.ended
	}
	c.last++
	message := map[string]any{"id": c.last, "method": method, "params": params}
	if session != "" {
		message["sessionId"] = session
	}
	c.waiting[c.last] = waiting
	err := c.to.Encode(message)
	c.mu.Unlock()
	if err != nil {
		return err
	}
	select {
	case r, ok := <-waiting:
		switch {
		case !ok:
			return c.ended
		case r.Error != nil:
			return fmt.Errorf("%s: %s", method, r.Error.Message)
		case result == nil:
			return nil
		}
		return json.Unmarshal(r.Result, result)
	case <-time.After(20 * time.Second):
		return fmt.Errorf("%s: %w", method, errSilent)
	}
}

func (c *chromium) must(session, method string, params map[string]any, result any) {
	c.t.Helper()
	if err := c.tell(session, method, params, result); err != nil {
		c.t.Fatal(err)
	}
}

// visitor is a new one, with one page open.
func (c *chromium) visitor() *visitor {
	c.t.Helper()
	var context struct{ BrowserContextID string }
	c.must("", "Target.createBrowserContext", nil, &context)
	var target struct{ TargetID string }
	c.must("", "Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": context.BrowserContextID}, &target)
	var session struct{ SessionID string }
	c.must("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &session)
	v := &visitor{c, context.BrowserContextID, session.SessionID}
	c.must(v.session, "Page.enable", nil, nil)
	return v
}

// opens loads a page and returns its text.
func (v *visitor) opens(address string) string {
	v.browser.t.Helper()
	var navigation struct{ ErrorText string }
	v.browser.must(v.session, "Page.navigate", map[string]any{"url": address}, &navigation)
	if navigation.ErrorText != "" {
		v.browser.t.Fatalf("%s: %s", address, navigation.ErrorText)
	}
	return v.runs(`(async () => {
		for (let i = 0; i < 1000 && document.readyState != "complete"; i++) await new Promise(r => setTimeout(r, 5));
		return document.documentElement.textContent;
	})()`)
}

// runs evaluates a script in the page, as the page's own would be, and returns
// what it gives, or how it fails.
func (v *visitor) runs(script string) string {
	v.browser.t.Helper()
	var result struct {
		Result           struct{ Value any }
		ExceptionDetails *struct {
			Text      string
			Exception struct{ Description string }
		}
	}
	// A page that is being replaced forgets what it was asked.
	for range 20 {
		err := v.browser.tell(v.session, "Runtime.evaluate",
			map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &result)
		if err == nil {
			if result.ExceptionDetails != nil {
				return "failed: " + result.ExceptionDetails.Text + " " + result.ExceptionDetails.Exception.Description
			}
			return fmt.Sprint(result.Result.Value)
		}
		if errors.Is(err, errSilent) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	v.browser.t.Fatalf("chromium cannot run %s", script)
	return ""
}

// cookie is one in the visitor's jar.
type cookie struct{ Name, Value, Domain, Path string }

func (v *visitor) cookies() []cookie {
	v.browser.t.Helper()
	var jar struct{ Cookies []cookie }
	v.browser.must("", "Storage.getCookies", map[string]any{"browserContextId": v.context}, &jar)
	return jar.Cookies
}
