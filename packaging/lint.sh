#!/bin/sh
# Has rpmlint and lintian check the packages in a folder: packaging/lint.sh FOLDER
# Each exception stands with its reason in rpmlint.toml and lintian.tags.
set -eu
folder=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
export LC_ALL=C.UTF-8

quiet=$(mktemp -d)
trap 'rm -rf "$quiet"' EXIT
chmod 755 "$quiet"

# nfpm writes absolute names into the RPM, and the cpio that rpmlint calls would
# unpack them over this very system. So rpmlint gets another cpio, and runs as
# nobody where it could.
mkdir "$quiet/bin" "$quiet/tmp"
printf '#!/bin/sh\nexec /usr/bin/cpio --no-absolute-filenames "$@"\n' > "$quiet/bin/cpio"
chmod 755 "$quiet/bin/cpio"
chmod 1777 "$quiet/tmp"
cp "$folder"/*.rpm "$folder"/*.deb "$here/rpmlint.toml" "$here/lintian.tags" "$quiet"
chmod 644 "$quiet"/*.*
cd "$quiet"
nobody() {
	set -- env HOME="$quiet/tmp" TMPDIR="$quiet/tmp" PATH="$quiet/bin:$PATH" "$@"
	[ "$(id -u)" != 0 ] || set -- runuser -u nobody -- "$@"
	"$@"
}

# check NAME COMMAND…: silent as long as all is well. Warnings count.
check() {
	name=$1
	shift
	if ! nobody "$@" > "$quiet/said" 2>&1 || grep -qE '(^|: )[EW]: ' "$quiet/said"; then
		cat "$quiet/said"
		echo "$name complains" >&2
		exit 1
	fi
}
check rpmlint rpmlint --config rpmlint.toml ./*.rpm
check lintian lintian --fail-on error,warning --suppress-tags-from-file lintian.tags ./*.deb
