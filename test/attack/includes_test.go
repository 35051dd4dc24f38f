//go:build machine

package attack

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const includes = "/etc/apache2/ecounit.d"

// plantedIncludes: files planted among the includes, first in a folder that
// somebody opened so that users can publish by themselves.
func plantedIncludes(h *machineHost) {
	n := h.naiveFiles("")
	h.root("install", "-d", "-m", "777", n.dir+"/open.d")
	h.write(n.dir+"/pasted.conf", "IncludeOptional "+n.dir+"/open.d/*.conf\n")
	h.mallory.does(`cd ` + n.dir + `/open.d && echo 'Alias /evil /etc' > ~/evil.txt && ln -s ~/evil.txt a.conf && mkdir b.conf && echo 'Alias /evil2 /' > b.conf/x && chmod 644 ~/evil.txt && chmod 755 ~`)
	h.contains(h.root("sh", "-c", strings.Join(n.argv("-t", "-DDUMP_INCLUDES"), " ")+" 2>&1"), "open.d/a.conf", "open.d/b.conf/x")
	h.mallory.does("mkfifo " + n.dir + "/open.d/c.conf")
	r, err := h.Exec(h.t.Context(), append([]string{"timeout", "2"}, n.argv("-t")...)...)
	h.must(err)
	if r.Code != 124 {
		h.t.Errorf("naive: the configtest does not hang on a FIFO: %+v", r)
	}

	for _, script := range []string{
		"ln -s /home/mallory/evil.txt D/a.conf", "mkdir D/b.conf", "mkfifo D/c.conf", "echo x > D/.d.conf", "echo x > D/e.conf", "echo x > D/mallory_p.conf",
		"ln -sf /home/mallory/evil.txt D/mallory_p.conf", "rm -f D/alice_tasks.conf", "mv D D.old", "chmod 777 D", "echo x >> D/mallory_p.conf", "echo x > D/generation.conf",
	} {
		h.mallory.cannot(strings.ReplaceAll(script, "D", includes) + " 2>/dev/null")
	}

	// What an administrator left there by mistake is reported, and not followed.
	h.rootSh("echo untouched > /srv/target; chmod 644 /srv/target")
	for _, left := range []struct{ name, plant string }{
		{"a link", "ln -s /srv/target PLACE/mallory_left.conf"},
		{"a dangling link", "ln -s /srv/nothing PLACE/mallory_left.conf"},
		{"a link to a folder", "ln -s /srv PLACE/mallory_left.conf"},
		{"a folder", "mkdir PLACE/mallory_left.conf && echo 'Alias /evil /etc' > PLACE/mallory_left.conf/x"},
		{"a socket", `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("PLACE/mallory_left.conf")'`},
		{"somebody's file", "cp /dev/null PLACE/mallory_left.conf && chown mallory PLACE/mallory_left.conf"},
		{"a name of no site", "echo '# hello' > PLACE/left.conf"},
		{"a hidden file", "echo x > PLACE/.left.conf"}, // which Apache does not read
		{"a device", "mknod PLACE/mallory_left.conf c 1 5"},
		{"a FIFO", "mkfifo PLACE/mallory_left.conf"},
	} {
		name, plant := left.name, left.plant
		h.rootSh(strings.ReplaceAll(plant, "PLACE", includes))
		clean := "rm -rf " + includes + "/mallory_left.conf " + includes + "/left.conf " + includes + "/.left.conf"
		for _, verb := range []string{"check", "reconcile"} {
			ctx, cancel := context.WithTimeout(h.t.Context(), 10*time.Second)
			r, err := h.Exec(ctx, "ecounit", "host", verb)
			cancel()
			if err != nil {
				h.t.Errorf("%s: ecounit host %s hangs: %v", name, verb, err)
			} else if said := r.Stdout + r.Stderr; !strings.Contains(said, "left.conf") && name != "a hidden file" {
				h.t.Errorf("%s: ecounit host %s does not tell:\n%s", name, verb, said)
			}
		}
		// The owner of the name publishes over it.
		done := make(chan error, 1)
		b := h.mallory.bus()
		go func() { _, err := b.publish(request(h.mallory, "left")); done <- err }()
		select {
		case <-done: // refused or live, but answered
		case <-time.After(20 * time.Second):
			h.t.Errorf("%s: publishing hangs", name)
		}
		if got := h.root("cat", "/srv/target"); got != "untouched\n" {
			h.t.Errorf("%s: the target now has %q", name, got)
		}
		if got := h.rootSh("ls -A /srv/nothing 2>/dev/null || true"); got != "" {
			h.t.Errorf("%s: the target of the link was made", name)
		}
		h.web.get("/evil/passwd").is(404)
		h.aliceIsServed()
		h.rootSh(clean + "; systemctl kill -s KILL ecounit-configtest.service ecounit-describe.service 2>/dev/null || true")
		_, _ = b.patiently("Withdraw", "left", true)
	}
	h.contains(fmt.Sprint(h.rootSh("apache2ctl configtest 2>&1")), "Syntax OK")
}
