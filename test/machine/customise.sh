# Runs inside a new Debian root, after its packages are installed.
# $1: the host name of every machine made from this root.

# What is not tested here would only slow the boot down.
for unit in console-getty.service getty@.service container-getty@.service getty-static.service \
	e2scrub_reap.service e2scrub_all.timer fstrim.timer apt-daily.timer apt-daily-upgrade.timer \
	dpkg-db-backup.timer logrotate.timer man-db.timer networking.service systemd-networkd-wait-online.service \
	proc-sys-fs-binfmt_misc.automount systemd-binfmt.service systemd-pstore.service
do
	ln -sf /dev/null "/etc/systemd/system/$unit"
done

# Servers are started by the tests that need them.
for unit in apache2 apache-htcacheclean postgresql supervisor; do
	systemctl disable "$unit" || true
done

# The name, and a certificate for it that the machine itself trusts.
short=${1%%.*}
echo "$short" > /etc/hostname
printf '127.0.0.1 localhost\n127.0.1.1 %s %s\n::1 localhost ip6-localhost\n' "$1" "$short" > /etc/hosts
: > /etc/resolv.conf
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$1" \
	-addext "subjectAltName=DNS:$1,DNS:$short,DNS:localhost,IP:127.0.0.1,IP:127.0.1.1,IP:::1" \
	-keyout /etc/ssl/private/ssl-cert-snakeoil.key -out /etc/ssl/certs/ssl-cert-snakeoil.pem 2>/dev/null
chgrp ssl-cert /etc/ssl/private/ssl-cert-snakeoil.key
chmod 0640 /etc/ssl/private/ssl-cert-snakeoil.key
cp /etc/ssl/certs/ssl-cert-snakeoil.pem "/usr/local/share/ca-certificates/$short.crt"
update-ca-certificates

# https answers; everything else is for the administrator to enable.
a2enmod -q ssl
a2ensite -q default-ssl

# A persistent journal.
install -d -m 2755 -g systemd-journal /var/log/journal

# Settings of the build that must not hold for packages installed in a test.
rm -f /etc/dpkg/dpkg.cfg.d/99mmdebstrap /etc/apt/apt.conf.d/99mmdebstrap

# Nothing to catch up with at the first boot: systemd compares these with /usr.
touch /etc/.updated /var/.updated
