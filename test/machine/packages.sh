# Installs packages into a layer over a Debian root, in a mount namespace of
# its own. $1: the root. $2: a folder with upper, work and root in it. The rest:
# the packages.
lower=$1 dir=$2
shift 2
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$dir/upper,workdir=$dir/work" "$dir/root"
cd "$dir/root"
mount -t proc proc proc
mount --rbind /dev dev
cp -L /etc/resolv.conf etc/resolv.conf

# Nothing is started, and nothing is written that no test looks at.
printf '#!/bin/sh\nexit 101\n' > usr/sbin/policy-rc.d
chmod 0755 usr/sbin/policy-rc.d
printf 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' > etc/dpkg/dpkg.cfg.d/packages
chroot . apt-get -q -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false update
DEBIAN_FRONTEND=noninteractive chroot . apt-get -q -y -o APT::Keep-Downloaded-Packages=false --no-install-recommends install "$@"

chroot . apt-get -q clean
rm -rf usr/sbin/policy-rc.d etc/dpkg/dpkg.cfg.d/packages var/lib/apt/lists/* var/cache/apt/*.bin
: > etc/resolv.conf
touch etc/.updated var/.updated
