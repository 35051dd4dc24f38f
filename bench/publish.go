package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"ecounit/bench/inside"
)

// published is the path of alice's example.
const published = "/alice_" + tasks

// publishing measures the host service, on a host of its own where the package
// is installed as an administrator does it.
func (b *bench) publishing(ctx context.Context) (rows []row, err error) {
	h := &bench{progress: b.progress}
	if err := h.open(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, h.close(ctx)) }()
	if err := h.setUpService(ctx); err != nil {
		return nil, err
	}
	for _, measure := range []func(context.Context) ([]row, error){
		h.socketRate, h.serviceReloads, h.lostInPublishes, h.publish, h.service,
	} {
		more, err := measure(ctx)
		if err != nil {
			return nil, err
		}
		rows = append(rows, more...)
	}
	return rows, nil
}

// setUpService installs the deb, sets the host service up, and has alice
// publish the example.
func (b *bench) setUpService(ctx context.Context) error {
	build := exec.CommandContext(ctx, "packaging/build.sh", filepath.Join(b.temporary, "packages"), "0")
	build.Dir = b.sources
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("cannot build the packages: %w\n%s", err, out)
	}
	debs, err := filepath.Glob(filepath.Join(b.temporary, "packages", "*.deb"))
	if err != nil || len(debs) != 1 {
		return fmt.Errorf("%d packages were built, and not one", len(debs))
	}
	if err := b.host.CopyIn(ctx, debs[0], "/root/ecounit.deb", "root", 0o644); err != nil {
		return err
	}
	if _, err := b.sh(ctx, "root", `dpkg -i ecounit.deb >/dev/null
		systemctl start apache2
		ecounit host setup >said 2>&1 || { cat said; exit 1; }
		printf 'sites_per_user = 1000\n' | cat - /etc/ecounit/host.toml > new
		mv new /etc/ecounit/host.toml`); err != nil {
		return err
	}
	return b.setUpTasks(ctx)
}

// socketRate compares the include with a line written by hand, over the same
// socket.
func (b *bench) socketRate(ctx context.Context) ([]row, error) {
	address, err := b.addressOf(ctx, ".config/systemd/user", tasks)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(address, "/run/ecounit/") {
		return nil, fmt.Errorf("the app listens on %s, and not on a socket for the web server", address)
	}
	conf := fmt.Sprintf("ProxyPass \"/byhand\" \"unix:%s|http://byhand.invalid%s\"\n", address, published)
	if err := b.host.WriteFile(ctx, "/etc/apache2/conf-enabled/byhand.conf", []byte(conf), "root", 0o644); err != nil {
		return nil, err
	}
	if _, err := b.sh(ctx, "root", "systemctl reload apache2; sleep 2"); err != nil {
		return nil, err
	}
	return b.rivals(ctx, "requests through Apache to Flask, on a socket", published)
}

// serviceReloads does all that must not touch Apache while the service is
// there.
func (b *bench) serviceReloads(ctx context.Context) ([]row, error) {
	before, err := b.generations(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := b.sh(ctx, alice, "cd "+tasks+"; ecounit stop; ecounit start; ecounit restart; ecounit reload; ecounit enable; sleep 2"); err != nil {
		return nil, err
	}
	after, err := b.generations(ctx)
	return []row{{
		figure: "reloads by start, stop, restart, reload, with the host service",
		ours:   fmt.Sprint(after - before), bar: "0", met: after == before,
	}}, err
}

const publishes = 10

var republish = inside.Command{User: alice, Argv: []string{program, "inside", "republish", tasks, published}}

// lostInPublishes counts what visitors of an app notice of publishes: they
// open a connection for each request, since Apache closes idle ones in any
// reload, whoever asks for it.
func (b *bench) lostInPublishes(ctx context.Context) ([]row, error) {
	lost, err := ask[inside.Lost](ctx, b, "lose", inside.Restarts{
		URL: "http://127.0.0.1" + published + "/healthz", Workers: 4, Connect: true,
		Restart: republish, Times: publishes, Pause: time.Second,
	})
	return []row{{
		figure: fmt.Sprintf("requests lost in %d publishes", publishes), ours: lostText(lost), bar: "0", met: lost.Failures == 0,
	}}, err
}

// publish times a changed site, from the call until Apache serves it, beside
// more and more other sites.
func (b *bench) publish(ctx context.Context) (rows []row, err error) {
	for _, sites := range []int{1, 100, 1000} {
		if err := b.sites(ctx, sites); err != nil {
			return nil, err
		}
		took, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: 7, Sides: []inside.Side{
			// Reloads are limited to one in two seconds, after the first few.
			{Command: republish, Before: "sleep 2.5"},
		}})
		if err != nil {
			return nil, err
		}
		ours := milliseconds(took[0])
		r := row{figure: fmt.Sprintf("publish, %d sites there", sites), ours: ours.text("ms"), met: true}
		if sites == 1000 {
			r.bar, r.met = "≤ 1500 ms", ours.median() <= 1500
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// sites fills the registry up to a number of sites, which all belong to carol.
func (b *bench) sites(ctx context.Context, most int) error {
	if err := b.once("the user "+carol, func() error { return b.user(ctx, carol) }); err != nil {
		return err
	}
	_, err := b.sh(ctx, "root", fmt.Sprintf(`uid=$(id -u carol)
		for i in $(seq %d); do
			printf '{"owner":"carol","app":"app-%%d","path":"/carol_app-%%d","socket":"/run/ecounit/%%d/app-%%d.sock","prefix":"keep","websocket":true,"timeout":300000000000,"account":"carol","uid":%%d,"state":"approved","since":"2026-01-01T00:00:00Z"}\n' \
				$i $i $uid $i $uid >/var/lib/ecounit/sites/carol_app-$i.json
		done
		systemctl stop ecounit-hostd
		ecounit host reconcile >said 2>&1 || { cat said; exit 1; }
		[ $(ls /etc/apache2/ecounit.d/*_*.conf | wc -l) = %d ]`, most-1, most))
	return err
}

// service looks at the service itself: what it holds at work, and that it is
// gone soon after.
func (b *bench) service(ctx context.Context) ([]row, error) {
	memory := func() (int64, error) {
		all, err := ask[[]inside.Process](ctx, b, "processes", struct{}{})
		var ours int64
		for _, p := range all {
			if strings.HasPrefix(filepath.Base(p.Program), "ecounit") {
				ours += p.RSS
			}
		}
		return ours, err
	}
	if _, err := ask[[]inside.Took](ctx, b, "time", inside.Race{Rounds: 1, Sides: []inside.Side{{Command: republish, Before: "sleep 2.5"}}}); err != nil {
		return nil, err
	}
	atWork, err := memory()
	if err == nil && atWork == 0 {
		err = errors.New("the host service is not seen at work")
	}
	if err != nil {
		return nil, err
	}
	time.Sleep(30 * time.Second)
	idle, err := memory()
	return []row{{
		figure: "resident memory of the host service, 30 s later (at work, 1000 sites)",
		ours:   fmt.Sprintf("%s (%s)", size(idle), size(atWork)), bar: "0", met: idle == 0,
	}}, err
}
