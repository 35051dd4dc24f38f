package detect

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ecounit/plan"
)

func TestSystemd(t *testing.T) {
	const (
		cgroup = "/sys/fs/cgroup/"
		unit   = "user.slice/user-1000.slice/user@1000.service/cgroup.controllers"
		spaces = "/proc/sys/user/max_user_namespaces"
		debian = "/proc/sys/kernel/unprivileged_userns_clone"
		ubuntu = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
	)
	for _, test := range []struct {
		name  string
		files map[string]string
		want  plan.Systemd
	}{
		{"nothing", nil, plan.Systemd{}},
		{"RHEL 9", map[string]string{
			cgroup + "cgroup.controllers": "cpuset cpu io memory hugetlb pids\n", cgroup + unit: "memory pids\n", spaces: "15000\n",
		}, plan.Systemd{CgroupV2: true, Controllers: []string{"memory", "pids"}, UserNamespaces: true}},
		{"Debian 12", map[string]string{
			cgroup + "cgroup.controllers": "cpu\n", cgroup + unit: "cpu memory pids\n", spaces: "63371\n", debian: "1\n",
		}, plan.Systemd{CgroupV2: true, Controllers: []string{"cpu", "memory", "pids"}, UserNamespaces: true}},
		{"no manager yet", map[string]string{cgroup + "cgroup.controllers": "cpu\n"}, plan.Systemd{CgroupV2: true, Controllers: []string{"cpu"}}},
		{"empty in a container", map[string]string{cgroup + "cgroup.controllers": "\n", cgroup + unit: "\n"}, plan.Systemd{CgroupV2: true, Controllers: []string{}}},
		{"hybrid", map[string]string{
			cgroup + "memory/": "", cgroup + "unified/cgroup.controllers": "\n", cgroup + "unified/" + unit: "pids\n",
		}, plan.Systemd{Controllers: []string{"pids"}}},
		{"RHEL 8, v1", map[string]string{cgroup + "memory/": "", spaces: "0\n"}, plan.Systemd{}},
		{"Debian's switch", map[string]string{spaces: "9\n", debian: "0\n"}, plan.Systemd{}},
		{"Ubuntu's switch", map[string]string{spaces: "9\n", ubuntu: "1\n"}, plan.Systemd{}},
		{"Ubuntu, open", map[string]string{spaces: "9\n", ubuntu: "0\n"}, plan.Systemd{UserNamespaces: true}},
		{"rubbish", map[string]string{spaces: "many\n"}, plan.Systemd{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, fake(t, test.files).Systemd()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestSystemdOnDisk(t *testing.T) {
	for want, files := range map[int][]string{
		0:   {"/usr/lib/systemd/systemd"},
		239: {"/usr/lib/systemd/libsystemd-shared-239.so"},
		252: {"/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"},
		253: {"/usr/lib/systemd/libsystemd-shared-253-46.el9_5.2.so", "/usr/lib/systemd/libsystemd-core-999.so"},
		256: {"/usr/lib64/systemd/libsystemd-shared-256.so"},
		257: {"/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-257.so", "/usr/lib/systemd/libsystemd-shared-252.so"},
	} {
		m := fake(t, nil)
		for _, file := range files {
			m.add(t, map[string]string{file: elf})
		}
		if got := m.SystemdOnDisk(); got != want {
			t.Errorf("%v: got %d, want %d", files, got, want)
		}
	}
}

func TestSocketDir(t *testing.T) {
	own := func(m *Machine) { // the folder is this process's, so the machine's user is, too
		m.User.UID, m.GID = os.Getuid(), os.Getgid()+1
	}
	for _, test := range []struct {
		name   string
		files  map[string]string
		mode   os.FileMode
		change func(*Machine)
		want   bool
	}{
		{"as the host service makes it", map[string]string{"DIR/": ""}, 0o710, own, true},
		{"with the group's reading", map[string]string{"DIR/": ""}, 0o750, own, true},
		{"none", nil, 0, own, false},
		{"open to all", map[string]string{"DIR/": ""}, 0o711, own, false},
		{"the user's own group", map[string]string{"DIR/": ""}, 0o710, func(m *Machine) { own(m); m.GID = os.Getgid() }, false},
		{"somebody else's", map[string]string{"DIR/": ""}, 0o710, func(m *Machine) { own(m); m.User.UID++ }, false},
		{"a file", map[string]string{"DIR": ""}, 0o710, own, false},
		{"a link", map[string]string{"DIR": "-> /srv", "/srv/": ""}, 0, own, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := fake(t, nil)
			test.change(&m)
			path := "/run/ecounit/" + strconv.Itoa(m.User.UID)
			for name, content := range test.files {
				if name == "DIR" || name == "DIR/" {
					name = path + name[3:]
				}
				m.add(t, map[string]string{name: content})
			}
			if test.mode != 0 {
				if err := os.Chmod(filepath.Join(m.Root, path), test.mode); err != nil {
					t.Fatal(err)
				}
			}
			want := ""
			if test.want {
				want = path
			}
			if got := m.SocketDir(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}
