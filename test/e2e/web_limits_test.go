//go:build machine

package e2e

import "net/http"

func bodiesAreLimited(alice *user) {
	h := alice.host
	path := alice.mirror("small", `body_limit = "2K"`)
	sends := func(size string, more ...string) string {
		h.t.Helper()
		script := `head -c ` + size + ` /dev/zero | curl -s --http1.1 --max-time 10 -o /dev/null -w '%{http_code}' -H Expect: --data-binary @- "$@"`
		return h.root(append([]string{"sh", "-c", script, "sh", site + path + "/"}, more...)...)
	}
	chunked := []string{"-H", "Transfer-Encoding: chunked"}
	for _, c := range []struct {
		size, want string
		more       []string
	}{
		{"0", "200", nil},
		{"2048", "200", nil},
		{"2049", "413", nil},
		{"1000000", "413", nil},
		{"2049", "413", []string{"-X", "GET"}},
		{"1", "411", chunked},
		{"2049", "411", chunked},
		{"1000000", "411", append(chunked, "-X", "PUT")},
		{"3000", "411", append(chunked, "-H", "Content-Length: 5")},
	} {
		if got := sends(c.size, c.more...); got != c.want {
			h.t.Errorf("%s bytes with %q: %s, want %s", c.size, c.more, got, c.want)
		}
	}
	// More than 32, 63 and 64 bits hold. Apache refuses some by itself.
	for _, size := range []string{"2049", "4294967297", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551617", "99999999999999999999", "-1", "+5", "5, 5000", "0x5"} {
		if got := h.curl("--http1.1", "-X", "POST", "-H", "Expect:", "-H", "Content-Length: "+size, site+path+"/"); got != "413" && got != "400" {
			h.t.Errorf("a body that says it has %s bytes: %s", size, got)
		}
	}
	if got := h.browser().post(path+"/", map[string][]string{"a": {"b"}}).reflects(); got.Bytes != len("a=b") {
		h.t.Errorf("of a small body %d bytes arrived", got.Bytes)
	}
	h.browser().get(path+"/").is(200).says("Vary", "")
	alice.takesAway("small")
}

func answersAreNotAwaitedForEver(alice *user) {
	b := alice.host.browser()
	hasty := alice.mirror("hasty", `timeout = "2s"`)
	b.get(hasty + "/").is(200)
	b.get(hasty+"/slow").is(http.StatusBadGateway, "not running right now")
	b.get("/alice_open/slow").is(200)
	alice.takesAway("hasty")
}

// connectionsAreLimited: with one process of Apache, as many slow requests are
// under way as the app may have connections, and other apps answer at once.
func connectionsAreLimited(alice *user) {
	h := alice.host
	path := alice.mirror("narrow", "connections = 3")
	h.root("sh", "-ec", `printf 'ServerLimit 1\nStartServers 1\nThreadsPerChild 25\nMaxRequestWorkers 25\n' > /etc/apache2/mods-available/mpm_event.conf
		systemctl restart apache2`)
	answers := make(chan int)
	for range 10 {
		go func() {
			response, err := h.browser().client.Get(site + path + "/slow")
			if err != nil {
				answers <- 0
				return
			}
			response.Body.Close()
			answers <- response.StatusCode
		}()
	}
	got := map[int]int{}
	for range 10 {
		got[<-answers]++
		h.browser().get("/alice_open/").is(200)
	}
	if got[200] != 3 || got[503] != 7 {
		h.t.Errorf("with three connections, ten requests at once are answered with %v", got)
	}
	alice.takesAway("narrow")
}
