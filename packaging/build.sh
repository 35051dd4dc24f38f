#!/bin/sh
# Builds the RPM and the deb: packaging/build.sh FOLDER VERSION
#
# The same sources and SOURCE_DATE_EPOCH give the same bytes, whatever the
# folder, the user, the umask and the time.
set -eu
umask 022
export LC_ALL=C TZ=UTC

folder=$1 version=$2
root=$folder/root tools=$folder/tools
# Whoever builds packages for others puts an address here that works.
: "${MAINTAINER:=The ecounit authors <nobody@ecounit.invalid>}"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y VERSION)}"
ARCH=$(go env GOARCH) VERSION=$version
export MAINTAINER SOURCE_DATE_EPOCH ARCH VERSION

mkdir -p "$folder" "$tools"
rm -rf "$root"
folder=$(cd "$folder" && pwd)
root=$folder/root tools=$folder/tools
go build -modfile=tools.mod -o "$tools/nfpm" github.com/goreleaser/nfpm/v2/cmd/nfpm

# put MODE SOURCE TARGET
put() { install -D -m "$1" -T "$2" "$root/$3"; }

# program SOURCE TARGET MODE. The tag leaves out a generator of manual pages that
# nobody calls. The service is position-independent, as distributions ask. The
# command is not: it runs with its user's own rights, and relocating it is a
# fifth of the time of its start.
program() {
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -buildmode="$3" -tags urfave_cli_no_docs \
		-ldflags "-s -w -bindnow -X ecounit/internal/cli.Version=$version" -o "$root/$2" "$1"
}
program ./cmd/ecounit usr/bin/ecounit exe
program ./cmd/ecounit-hostd usr/libexec/ecounit-hostd pie
program ./cmd/ecounit-postgres usr/libexec/ecounit-postgres pie
go run ./packaging/licences -tags urfave_cli_no_docs ./cmd/... > "$root/third-party.txt"

put 644 templates/down.html usr/share/ecounit/down.html
put 644 descriptor/schema/ecounit.schema.json usr/share/ecounit/ecounit.schema.json
put 644 man/ecounit.1 usr/share/man/man1/ecounit.1
put 644 man/ecounit.toml.5 usr/share/man/man5/ecounit.toml.5
put 644 man/ecounit-host.toml.5 usr/share/man/man5/ecounit-host.toml.5
put 644 man/ecounit-hostd.8 usr/share/man/man8/ecounit-hostd.8
put 644 packaging/apache.conf apache.conf
for unit in packaging/systemd/*; do
	put 644 "$unit" "usr/lib/systemd/system/${unit##*/}"
done
put 644 packaging/dbus/org.ecounit.Host1.service usr/share/dbus-1/system-services/org.ecounit.Host1.service
put 644 packaging/dbus/org.ecounit.Host1.conf usr/share/dbus-1/system.d/org.ecounit.Host1.conf
put 644 packaging/polkit/org.ecounit.host.policy usr/share/polkit-1/actions/org.ecounit.host.policy
for script in postinstall preremove postremove; do
	put 755 "packaging/$script" "$script"
done
put 644 README.md README.md
put 644 docs/administrators.md administrators.md
put 644 docs/databases.md databases.md
put 644 docs/security.md security.md
put 644 LICENSE LICENSE
gzip -9n "$root"/usr/share/man/man*/*
gzip -9nk "$root/third-party.txt"
{
	cat LICENSE
	printf '\nThe program contains modules of other authors. Their licences are in\n'
	printf '/usr/share/doc/ecounit/third-party.txt.gz; the text of the Apache License, Version 2.0,\n'
	printf 'is also in /usr/share/common-licenses/Apache-2.0.\n'
} > "$root/copyright"
cat > "$root/changelog.yaml" <<END
- semver: $version-1
  deb: {distributions: [stable], urgency: medium}
  date: $(date -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)
  packager: $MAINTAINER
  changes:
    - note: See CHANGELOG.md in the sources.
END

# What is there of another version would be checked and published with this one.
rm -f "$folder"/*.rpm "$folder"/*.deb
config=$(pwd)/nfpm.yaml
for format in rpm deb; do
	(cd "$root" && "$tools/nfpm" package --config "$config" --packager $format --target "$folder/" >/dev/null)
done
