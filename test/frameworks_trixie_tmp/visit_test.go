//go:build machine

package frameworks_trixie_tmp

import (
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"ecounit/test/machine"
	"ecounit/test/scene"
)

const site = "https://" + machine.HostName

// visitor is somebody's browser: it comes over https, through Apache, keeps
// cookies, and follows no redirect by itself.
type visitor struct {
	t      *testing.T
	client *http.Client
}

func newVisitor(t *testing.T, h *scene.Host) *visitor {
	t.Helper()
	client := h.HTTPClient()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar, _ = cookiejar.New(nil)
	t.Cleanup(client.CloseIdleConnections)
	return &visitor{t, client}
}

// page is an answer.
type page struct {
	*http.Response
	t    *testing.T
	body string
}

func (v *visitor) ask(method, path string, form url.Values) page {
	v.t.Helper()
	r, err := http.NewRequestWithContext(v.t.Context(), method, site+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Referer", site+path) // as browsers do over https
		r.Header.Set("Origin", site)
	}
	response, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{response, v.t, string(body)}
}

func (v *visitor) get(path string) page { v.t.Helper(); return v.ask(http.MethodGet, path, nil) }

// is checks the status and what the page holds.
func (p page) is(status int, parts ...string) page {
	p.t.Helper()
	if p.StatusCode != status {
		p.t.Fatalf("%s: %s, want %d\n%.2000s", p.Request.URL, p.Status, status, p.body)
	}
	for _, part := range parts {
		if !strings.Contains(p.body, part) {
			p.t.Fatalf("%s: %q is missing in\n%.2000s", p.Request.URL, part, p.body)
		}
	}
	return p
}

// leads checks where a redirect ends for a browser.
func (p page) leads(path string) page {
	p.t.Helper()
	to, err := p.Location()
	if err != nil || p.StatusCode < 300 || p.StatusCode > 399 {
		p.t.Fatalf("%s is no redirect: %s %v\n%.500s", p.Request.URL, p.Status, err, p.body)
	}
	if to.String() != site+path {
		p.t.Fatalf("%s leads to %s, want %s", p.Request.URL, to, site+path)
	}
	return p
}

// hears opens a websocket below the site, says something, and returns the first
// answer that holds the text.
func hears(u *scene.User, path, say, wants string) string {
	u.Host.T.Helper()
	return u.Sh(fmt.Sprintf(`timeout 60 python3 - <<'PYTHON'
import asyncio, ssl, websockets

async def main():
    context = ssl.create_default_context(cafile="/etc/ssl/certs/ca-certificates.crt")
    async with websockets.connect("wss://%s%s", ssl=context, origin="%s") as ws:
        if %q:
            await ws.send(%q)
        while True:
            heard = await asyncio.wait_for(ws.recv(), 30)
            heard = heard if isinstance(heard, str) else heard.decode(errors="replace")
            if %q in heard:
                print(heard)
                return

asyncio.run(main())
PYTHON`, machine.HostName, path, site, say, say, wants))
}
