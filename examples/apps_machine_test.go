//go:build machine

package examples

import (
	"io"
	"net/url"
	"os"
	"strings"
	"time"
)

func flask(h host) {
	const path, base = "/alice_flasktasks", "http://127.0.0.1:8001/alice_flasktasks"
	argv := []string{
		"python3", "-m", "gunicorn", "--workers", "2", "--forwarded-allow-ips", "*", "--bind", "127.0.0.1:8001",
		"--access-logfile", "-", "wsgi:application",
	}
	server := h.start("flask-tasks", base+"/healthz", []string{"SCRIPT_NAME=" + path, "ALLOW_CRASH=1"}, argv...)
	client := h.client()
	page := h.get(client, base+"/", 200)
	h.contains(page, `href="`+path+`/static/style.css"`, `action="`+path+`/tasks"`, "Stroop", "1 time ")
	h.contains(h.get(client, base+"/static/style.css", 200), "color-scheme")
	h.whoami(client, base+"/whoami", path)
	h.contains(h.get(client, base+"/slow?ms=50", 200), "after 0.05 s")

	if status, location := h.post(client, base+"/tasks", url.Values{"title": {"Read <b>Fechner</b>"}}); status != 303 || location != path+"/" {
		h.Errorf("the form is answered with %d, %s", status, location)
	}
	h.contains(h.get(client, base+"/", 200), "Added: Read &lt;b&gt;Fechner", "2 times")
	for _, state := range []string{"done", "open", "gone"} {
		if status, _ := h.post(client, base+"/tasks/5/"+state, nil); status != 303 {
			h.Errorf("%s is answered with %d", state, status)
		}
	}
	if status, _ := h.post(client, base+"/tasks/5/done", nil); status != 404 {
		h.Errorf("a task that is gone is answered with %d", status)
	}
	response, err := client.Get(base + "/")
	h.must(err)
	response.Body.Close()
	h.contains(response.Header.Get("Set-Cookie"), "Path="+path, "HttpOnly")

	if response, err := client.Get(base + "/crash"); err == nil {
		h.Errorf("the crash is answered with %s", response.Status)
	}
	h.get(client, base+"/healthz", 200)
	h.Logf("stopped in %s", h.stop(server))

	key, err := h.As("alice").Output(h.Context(), "stat", "-c", "%a %s", "flask-tasks/instance/secret_key")
	if err != nil || key != "600 64" {
		h.Errorf("the key: %s, %v", key, err)
	}
	h.start("flask-tasks", base+"/healthz", []string{"SCRIPT_NAME=" + path}, argv...)
	h.contains(h.get(client, base+"/", 200), "4 times") // the session is still good
	h.get(client, base+"/crash", 403)
}

func node(h host) {
	const path, base = "/alice_hello", "http://127.0.0.1:8003/alice_hello"
	server := h.start("node-hello", base+"/healthz", []string{"PORT=8003", "HOST=127.0.0.1", "BASE_PATH=" + path}, "node", "server.js")
	client := h.client()
	h.contains(h.get(client, base+"/?name=<script>", 200), "Hello, &#60;script&#62;!", `href="`+path+`/style.css"`)
	h.contains(h.get(client, base+"/style.css", 200), "body")
	h.whoami(client, base+"/whoami", path)
	h.get(client, base, 308)
	for _, gone := range []string{"/nothing", "/__proto__", "/constructor"} {
		h.get(client, base+gone, 404)
	}
	h.get(client, "http://127.0.0.1:8003/", 404)
	slow := make(chan error)
	go func() {
		response, err := client.Get(base + "/slow?ms=700")
		if err == nil {
			_, err = io.ReadAll(response.Body)
		}
		slow <- err
	}()
	time.Sleep(200 * time.Millisecond)
	took := h.stop(server)
	if err := <-slow; err != nil || took > 3*time.Second {
		h.Errorf("stopped in %s, the request under way: %v", took, err)
	}
	h.Logf("stopped in %s with a request of 0.5 s under way", took)
}

func procfile(h host) {
	text, err := os.ReadFile("procfile-app/Procfile")
	h.must(err)
	processes := map[string][]string{}
	for line := range strings.Lines(string(text)) {
		name, command, _ := strings.Cut(strings.TrimSpace(line), ": ")
		processes[name] = strings.Fields(command)
	}
	const base = "http://127.0.0.1:8004"
	h.start("procfile-app", base, []string{"PORT=8004"}, processes["web"]...)
	worker, err := h.As("alice").Dir("/home/alice/procfile-app").Start(h.Context(), processes["worker"]...)
	h.must(err)
	defer worker.Stop()
	client := h.client()
	if status, _ := h.post(client, base, url.Values{"text": {"<one> two three"}}); status != 303 {
		h.Errorf("the form is answered with %d", status)
	}
	page := ""
	for range 50 {
		if page = h.get(client, base, 200); strings.Contains(page, "3 words") {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	h.contains(page, "3 words: &lt;one&gt; two three")
}
