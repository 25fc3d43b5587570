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
  podman image exists "$base" || mmdebstrap --quiet --variant=minbase --include=python3,python3-venv,ca-certificates,tzdata \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' stable - |
    podman import --quiet - "$base" >/dev/null
fi

# shellcheck disable=SC2086 - the limits are two words
podman build --quiet --isolation=chroot --format=docker --network=host $limits \
  --volume="$certificates:$certificates:ro" --build-arg=BASE="$base" \
  --build-arg=COMMIT_SHA="$(git rev-parse HEAD 2>/dev/null || echo unknown)" --tag="$name" .
