//go:build machine

package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"ecounit/test/machine"
)

const site = "https://" + machine.HostName

// browser visits the apps of a host as somebody far away does. It keeps
// cookies, and shows redirects as they are.
type browser struct {
	t      *testing.T
	client *http.Client
}

// page is what a browser got.
type page struct {
	*http.Response
	t    *testing.T
	body string
}

func (h *host) browser() *browser {
	h.t.Helper()
	client := h.HTTPClient()
	client.Timeout = 20 * time.Second
	jar, err := cookiejar.New(nil)
	h.Must(err)
	client.Jar = jar
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{h.t, client}
}

// get fetches a path of the site, or a whole address. Headers are "Name: value".
func (b *browser) get(address string, headers ...string) page {
	b.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = site + address
	}
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header[name] = append(r.Header[name], value)
	}
	return b.do(r)
}

// post sends a form.
func (b *browser) post(path string, form url.Values) page {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, site+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

func (b *browser) do(r *http.Request) page {
	b.t.Helper()
	response, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	body, err := text(response)
	if err != nil {
		b.t.Fatalf("%s: %v", r.URL, err)
	}
	return page{response, b.t, body}
}

// text reads an answer to its end.
func text(response *http.Response) (string, error) {
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return string(body), err
}

// is expects a status and parts of the text.
func (p page) is(status int, parts ...string) page {
	p.t.Helper()
	if p.StatusCode != status {
		p.t.Fatalf("%s: got %s, want %d\n%s", p.Request.URL, p.Status, status, p.body)
	}
	for _, part := range parts {
		if !strings.Contains(p.body, part) {
			p.t.Errorf("%s: %q is missing in\n%s", p.Request.URL, part, p.body)
		}
	}
	return p
}

// says expects a header.
func (p page) says(name, value string) page {
	p.t.Helper()
	if got := p.Header.Get(name); got != value {
		p.t.Errorf("%s: %s: %q, want %q", p.Request.URL, name, got, value)
	}
	return p
}

// leads expects a redirect to a path of the site, over https.
func (p page) leads(path string) page {
	p.t.Helper()
	to, err := p.Location()
	if err != nil || to.String() != site+path {
		p.t.Errorf("%s leads to %v, %v; want %s", p.Request.URL, to, err, site+path)
	}
	return p
}

var linkPattern = regexp.MustCompile(`(?:href|src)="([^"]*)"`)

// links expects every link of the page to stay below the path and to lead to
// something, and returns how many there are.
func (b *browser) links(p page, path string) int {
	b.t.Helper()
	found := linkPattern.FindAllStringSubmatch(p.body, -1)
	for _, link := range found {
		to, err := p.Request.URL.Parse(link[1])
		if err != nil || !strings.HasPrefix(to.String(), site+path+"/") {
			b.t.Errorf("%s has a link to %q, which leaves %s", p.Request.URL, link[1], site+path)
			continue
		}
		b.get(to.String()).is(200)
	}
	return len(found)
}

// visitor is what an app knows of who asks.
type visitor struct{ Scheme, Host, Client, Path, Index string }

func (b *browser) whoami(path string, headers ...string) visitor {
	b.t.Helper()
	p := b.get(path+"/whoami", headers...).is(200)
	var v visitor
	if err := json.Unmarshal([]byte(p.body), &v); err != nil {
		b.t.Fatalf("%s: %v\n%s", p.Request.URL, err, p.body)
	}
	return v
}
