//go:build machine

package e2e

import (
	"testing"

	"ecounit/test/machine"
)

// TestAFullDiskLeavesNothingHalfMade gives the places that enable writes to no
// room, one after the other.
func TestAFullDiskLeavesNothingHalfMade(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("roomy", "first")
	alice.OK("enable", "./roomy")
	before := alice.snapshot("roomy")
	alice.descriptor(dir, `name = "roomy"`, `description = "second"`, "[web]", `wsgi = "app:app"`)
	for _, place := range []string{".config/systemd/user", ".local/state/ecounit"} {
		path := "/home/alice/" + place
		// A file system of its own that is full to the last block.
		h.root("sh", "-c", "cp -a "+path+" /tmp/saved && mount -t tmpfs -o size=64k,mode=755 tmpfs "+path+
			" && cp -a /tmp/saved/. "+path+"/ && chown alice: "+path+" && { cat /dev/zero > "+path+"/filler 2>/dev/null || true; }")
		alice.Fails(1, []string{"enable", "roomy"}, "cannot write", "no space left on device")
		h.root("sh", "-c", "rm "+path+"/filler && find "+path+" -name '.*[0-9]' | grep . && exit 1; umount "+path+" && rm -r /tmp/saved")
		if after := alice.snapshot("roomy"); after != before {
			t.Errorf("%s\nbefore:\n%s\nafter:\n%s", place, before, after)
		}
		h.Contains(alice.answers("roomy"), "first")
	}
	alice.OK("enable", "roomy")
	h.Contains(alice.Sh("systemctl --user show -p Description --value roomy.service"), "second")
}

func TestAReadOnlyHomeIsSaidClearly(t *testing.T) {
	h := newHost(t, machine.Bookworm)
	alice := h.user("alice")
	dir := alice.hello("fixed", "first")
	alice.OK("enable", "./fixed")
	before := alice.snapshot("fixed")
	alice.descriptor(dir, `name = "fixed"`, `description = "second"`, "[web]", `wsgi = "app:app"`)
	h.root("sh", "-c", "mount --bind /home/alice /home/alice && mount -o remount,ro,bind /home/alice")
	alice.Fails(1, []string{"enable", "fixed"}, "cannot", "read-only file system")
	alice.OK("status", "fixed")
	h.root("umount", "/home/alice")
	if after := alice.snapshot("fixed"); after != before {
		t.Errorf("before:\n%s\nafter:\n%s", before, after)
	}
}
