#!/bin/sh
# Builds the image of the Dockerfile with podman, and names it: build.sh NAME [BASE]
# Without a BASE, one is made of Debian's packages (mmdebstrap), where no registry can be reached.
set -eu
cd "$(dirname "$0")/../.."
name=$1 base=${2:-}

# As isolated as a folder: enough to build our own code, and it needs no right that a container in a container lacks.
# The certificates are those of this machine, which may trust a proxy that the base does not know.
certificates=/etc/ssl/certs/ca-certificates.crt
limits="--ulimit=nofile=$(ulimit -n):$(ulimit -n) --ulimit=nproc=$(cat /proc/sys/kernel/pid_max):$(cat /proc/sys/kernel/pid_max)"

if [ -z "$base" ]; then
  base=localhost/checkdata-base
  if ! podman image exists "$base"; then
    # Into a file first: a base that was not made whole is then not imported. Fetched as the apt of this machine does.
    made=$(mktemp -d)
    trap 'rm -rf "$made"' EXIT
    apt-config dump --format '%F "%v";%n' Acquire >"$made/apt.conf"
    mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates,tzdata --aptopt="$made/apt.conf" \
      --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' stable "$made/base.tar"
    podman import --quiet "$made/base.tar" "$base" >/dev/null
  fi
fi

# shellcheck disable=SC2086 - the limits are two words
podman build --quiet --isolation=chroot --format=docker --network=host $limits \
  --volume="$certificates:$certificates:ro" --build-arg=BASE="$base" \
  --build-arg=COMMIT_SHA="$(git rev-parse HEAD 2>/dev/null || echo unknown)" --tag="$name" .
