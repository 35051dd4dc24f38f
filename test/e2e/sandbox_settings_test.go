//go:build machine

package e2e

import (
	"fmt"
	"strings"

	"ecounit/test/machine"
)

// sandboxWithoutNamespaces: where users may make no user namespaces, strict is
// refused before anything changes. The kernel's own switch is that of the
// whole machine that runs the tests, so another file stands in its place.
func sandboxWithoutNamespaces(alice *user) {
	h := alice.host
	const kernelSwitch = "/proc/sys/user/max_user_namespaces"
	alice.prison("cell", "basic")
	alice.OK("enable", "cell")
	before := alice.snapshot("cell")
	h.root("sh", "-c", "echo 0 > /run/zero && mount --bind /run/zero "+kernelSwitch)
	alice.prison("cell", "strict")
	for _, verb := range []string{"check", "enable"} {
		alice.Fails(1, []string{verb, "cell"}, "cell/ecounit.toml:6:", "`sandbox.level`: strict needs user namespaces, which this host forbids", `level = "basic"`, "user.max_user_namespaces")
	}
	h.root("umount", kernelSwitch)
	if after := alice.snapshot("cell"); after != before {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	h.Contains(alice.attempts("cell", "", ""), "hello")

	h.t.Log("where the kernel refuses for another reason, the previous version runs again")
	h.root("sh", "-c", "mkdir -p /run/systemd/system/user@.service.d && printf '[Service]\\nRestrictNamespaces=~user\\n' > /run/systemd/system/user@.service.d/no.conf"+
		" && systemctl daemon-reload && systemctl restart user@"+alice.uid())
	h.Contains(alice.attempts("cell", "", ""), "hello")
	before = alice.snapshot("cell")
	alice.Fails(1, []string{"enable", "cell"}, "cannot restart cell.service", "user namespace (PrivateUsers=) (217/USER)", "the previous version of cell runs again")
	if after := alice.snapshot("cell"); after != before {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	h.Contains(alice.attempts("cell", "", ""), "hello")
	h.root("sh", "-c", "rm /run/systemd/system/user@.service.d/no.conf && systemctl daemon-reload && systemctl restart user@"+alice.uid())
	alice.prison("cell", "basic")
	alice.OK("enable", "cell")
}

// sandboxSettings: what ecounit does not know it passes on, and systemd has
// the last word.
func sandboxSettings(alice *user) {
	h := alice.host
	settings := func(lines ...string) {
		alice.prison("cell", "basic", append([]string{"[systemd.service]"}, lines...)...)
	}
	settings("Nice = 5", `UMask = "0027"`, `LogLevelMax = "debug"`, `BindReadOnlyPaths = ["/usr", "/etc"]`)
	alice.OK("check", "cell")
	settings("Nice = 5", `UMask = "0027"`, "OOMScoreAdjust = 200", "[systemd.unit]", `Documentation = "man:cell(1)"`, "[systemd.slice]", "CPUWeight = 50", "[systemd.socket]", "Backlog = 17")
	alice.OK("enable", "cell")
	h.Contains(alice.properties("cell.service", "Nice", "UMask", "OOMScoreAdjust", "Documentation"), "Nice=5", "UMask=0027", "OOMScoreAdjust=200", "man:cell(1)")
	h.Contains(alice.properties("cell.socket", "Backlog")+alice.properties("app-cell.slice", "CPUWeight"), "Backlog=17", "CPUWeight=50")
	h.Contains(alice.attempts("cell", "run", "nice; umask"), "status 0 5\n0027\n")
	before := alice.snapshot("cell")
	for _, bad := range []struct{ line, says string }{
		{"Nicce = 5", "Nicce"},
		{"Nice = 99", "Nice"},
		{`ProtectSystem = "sometimes"`, "sometimes"},
		{`MemoryHigh = "lots"`, "lots"},
		{`Nice = "5\nExecStartPre=/bin/touch /home/alice/injected"`, "line break"},
		{`Nice = "5\\"`, "backslash"},
		{`"Nice=1\nExecStartPre" = "/bin/touch /home/alice/injected"`, "is not the name of a systemd setting"},
		{`ExecStart = "/bin/touch /home/alice/injected"`, "ExecStart"},
	} {
		settings(bad.line)
		for _, verb := range []string{"check", "enable"} {
			r := alice.Run(verb, "cell")
			if r.Code != 1 || !strings.Contains(r.Stderr, "cell/ecounit.toml:8:") || !strings.Contains(r.Stderr, bad.says) {
				h.t.Errorf("%s of %s: exit %d %s", verb, bad.line, r.Code, r.Stderr)
			}
		}
	}
	if after := alice.snapshot("cell"); after != before {
		h.t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
	alice.Sh("! test -e injected")
	settings("Nice = 6")
	alice.OK("enable", "cell")
}

// sandboxVerified has systemd read the units of every example, and of an app
// with everything in it.
func sandboxVerified(alice *user) {
	h := alice.host
	alice.prison("all-of-it", "strict", "[process.worker]", `command = "python3 app.py"`, "instances = 3", "[process.clock]", `command = "sleep 1"`,
		"[restart]", `policy = "on-failure"`, `delay = "2s"`, `max_delay = "5min"`, "[limits]", `memory = "64M"`, `cpu = "150%"`, "tasks = 40", "[env]", `A = "%h $x \" 'ü'"`, "[systemd.service]", "Nice = 5")
	folders := []string{"/home/alice/all-of-it"}
	for _, example := range []string{"flask-tasks", "asgi-chat", "node-hello", "procfile-app"} {
		dir := alice.app(example)
		if example == "procfile-app" {
			alice.OK("init", dir)
		}
		folders = append(folders, dir)
	}
	option := "--recursive-errors=no"
	if strings.HasPrefix(h.root("systemctl", "--version"), fmt.Sprint("systemd ", machine.Bullseye.SystemdVersion())) {
		option = "" // came with 250
	}
	for i, dir := range folders {
		// A template is read as one of its instances.
		said := alice.Sh(fmt.Sprintf(`mkdir units%[1]d && cd units%[1]d && ecounit show --json %[2]s 2>/dev/null | python3 -c 'import json, sys
for name, text in json.load(sys.stdin)["units"].items():
    open(name, "w").write(text)' && test -e *.target && SYSTEMD_UNIT_PATH=$PWD: systemd-analyze --user --man=no %[3]s verify $(ls -d $PWD/* | sed 's/@\./@1./') 2>&1; echo "exit $?"`, i, dir, option))
		if said != "exit 0\n" {
			h.t.Errorf("%s: %s", dir, said)
		}
	}
}
