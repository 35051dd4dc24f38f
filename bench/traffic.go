package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ecounit/bench/inside"
)

// byHandConf is what somebody writes without ecounit. The name behind each
// port is one that stands for 127.0.0.1: Apache would take the same address
// for the same backend, with the settings of whichever line comes first.
const byHandConf = `ProxyPass "/byhand" "http://backend.invalid:%s/alice_` + tasks + `"
ProxyPass "/supervised" "http://127.0.0.1:%d/supervised"
`

const supervisedPort = 20001

// setUpApache publishes the example as the package and the request do, and
// adds what is written by hand.
func (b *bench) setUpApache(ctx context.Context) error {
	return b.once("Apache", func() error {
		if err := b.setUpTasks(ctx); err != nil {
			return err
		}
		address, err := b.addressOf(ctx, ".config/systemd/user", tasks)
		if err != nil {
			return err
		}
		_, port, _ := strings.Cut(address, ":")
		for from, to := range map[string]string{
			"packaging/apache.conf": "/etc/apache2/conf-available/ecounit.conf",
			"templates/down.html":   "/usr/share/ecounit/down.html",
		} {
			if err := b.host.CopyIn(ctx, filepath.Join(b.sources, from), to, "root", 0o644); err != nil {
				return err
			}
		}
		conf := fmt.Sprintf(byHandConf, port, supervisedPort)
		if err := b.host.WriteFile(ctx, "/etc/apache2/conf-available/byhand.conf", []byte(conf), "root", 0o644); err != nil {
			return err
		}
		_, err = b.sh(ctx, "root", `echo 127.0.0.1 backend.invalid >> /etc/hosts
			mkdir -p /etc/apache2/ecounit.d
			a2enmod -q headers proxy proxy_http proxy_wstunnel rewrite
			a2enconf -q ecounit byhand
			systemctl start apache2
			until grep -q 'resuming normal operations' /var/log/apache2/error.log; do sleep 0.1; done
			cp /home/alice/.local/state/ecounit/`+tasks+`/*.conf /etc/apache2/ecounit.d/`)
		if err != nil {
			return err
		}
		return b.seesReload(ctx)
	})
}

// generations is how often Apache has read its configuration since it started.
func (b *bench) generations(ctx context.Context) (int, error) {
	text, err := b.sh(ctx, "root", "grep -c 'resuming normal operations' /var/log/apache2/error.log")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(text))
}

// seesReload makes the reload that publishes the app, and makes sure that it
// is counted.
func (b *bench) seesReload(ctx context.Context) error {
	before, err := b.generations(ctx)
	if err != nil {
		return err
	}
	if _, err := b.sh(ctx, "root", "systemctl reload apache2; sleep 2"); err != nil {
		return err
	}
	after, err := b.generations(ctx)
	if err == nil && after != before+1 {
		err = fmt.Errorf("one reload of Apache is counted as %d", after-before)
	}
	return err
}

// reloads does with a published app all that must not touch Apache: stop,
// start, restart, reload, and enable of a changed version and back.
func (b *bench) reloads(ctx context.Context) ([]row, error) {
	if err := b.setUpApache(ctx); err != nil {
		return nil, err
	}
	before, err := b.generations(ctx)
	if err != nil {
		return nil, err
	}
	_, err = b.sh(ctx, alice, `cd `+tasks+`
		ecounit stop; ecounit start; ecounit restart; ecounit reload
		cp ecounit.toml before
		sed -i 's/workers = 2/workers = 3/' ecounit.toml
		! cmp -s ecounit.toml before
		ecounit enable
		mv before ecounit.toml
		ecounit enable
		ecounit enable
		sleep 2`)
	if err != nil {
		return nil, err
	}
	after, err := b.generations(ctx)
	return []row{{
		figure: "reloads of Apache by all verbs but a new enable",
		ours:   strconv.Itoa(after - before), bar: "0", met: after == before,
	}}, err
}

// rate compares the include with a line written by hand.
func (b *bench) rate(ctx context.Context) ([]row, error) {
	if err := b.setUpApache(ctx); err != nil {
		return nil, err
	}
	return b.rivals(ctx, "requests through Apache to Flask", "/alice_"+tasks)
}

// rivals asks the same app through the include and through /byhand.
func (b *bench) rivals(ctx context.Context, figure, path string) ([]row, error) {
	rates, err := ask[[][]float64](ctx, b, "rate", inside.Rivals{
		URLs:   []string{"http://127.0.0.1" + path + "/healthz", "http://127.0.0.1/byhand/healthz"},
		Rounds: 30, Each: time.Second, Workers: 4,
	})
	if err != nil {
		return nil, err
	}
	ours, other := sample(rates[0]), sample(rates[1])
	ratio := ours.ratio(other)
	return []row{{
		figure: figure, ours: ours.text("/s"), other: "ProxyPass by hand: " + other.text("/s"),
		ratio: ratio, bar: "≥ 0.95 ×", met: ratio >= 0.95,
	}}, nil
}

// lost restarts the example under load, and the same under supervisor.
func (b *bench) lost(ctx context.Context) ([]row, error) {
	if err := b.setUpApache(ctx); err != nil {
		return nil, err
	}
	if err := b.setUpSupervised(ctx); err != nil {
		return nil, err
	}
	ours, err := b.lose(ctx, "alice_"+tasks, inside.Command{User: alice, Argv: []string{"ecounit", "restart", tasks}})
	if err != nil {
		return nil, err
	}
	other, err := b.lose(ctx, "supervised", inside.Command{User: sam, Argv: []string{"supervisorctl", "-c", configOf("one"), "restart", "tasks"}})
	return []row{{
		figure: fmt.Sprintf("requests lost in %d restarts", restarts), ours: lostText(ours), other: "supervisor: " + lostText(other),
		bar: "0", met: ours.Failures == 0,
	}}, err
}
