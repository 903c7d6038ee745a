#!/bin/sh
# Make the images base.local/debian:12 and base.local/debian:latest from Debian packages.
# For machines without an image registry. Needs root, a Docker engine, and debootstrap or
# mmdebstrap. The package mirror is the one that this machine itself uses.
set -eu

release=bookworm
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | head -n 1)
if [ -z "$mirror" ]; then
    echo "No package mirror in this machine's apt configuration: add one, then try again." >&2
    exit 2
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if command -v mmdebstrap > /dev/null; then
    mmdebstrap --quiet --variant=minbase --include=ca-certificates "$release" "$work/tree" \
        "deb $mirror $release main"
elif command -v debootstrap > /dev/null; then
    debootstrap --variant=minbase --include=ca-certificates "$release" "$work/tree" "$mirror"
else
    echo "Neither mmdebstrap nor debootstrap is here: apt-get install debootstrap." >&2
    exit 2
fi

# Packages must not start their services while an image is built.
printf '#!/bin/sh\nexit 101\n' > "$work/tree/usr/sbin/policy-rc.d"
chmod 755 "$work/tree/usr/sbin/policy-rc.d"
rm -rf "$work"/tree/var/cache/apt/* "$work"/tree/var/lib/apt/lists/* \
    "$work"/tree/usr/share/doc/* "$work"/tree/usr/share/locale/* "$work"/tree/usr/share/man/*
mkdir -p "$work/tree/var/cache/apt/archives/partial" "$work/tree/var/lib/apt/lists/partial"

tar -C "$work/tree" -c . | docker import --change 'CMD ["/bin/sh"]' - base.local/debian:12
docker tag base.local/debian:12 base.local/debian:latest
