#!/usr/bin/env bash
# import-images.sh ROOTFS STORE < ARCHIVE: runs the root file system's containerd on the folder STORE and imports a
# docker-archive from stdin. Called by node-images.sh in fresh mount and pid namespaces.
set -euo pipefail
rootfs=$1 store=$2
scratch=$(mktemp -d)
trap 'umount -R "$scratch/root" 2>/dev/null || true; umount "$scratch" 2>/dev/null || true; rmdir "$scratch"' EXIT

mount --make-rprivate /
mount -t tmpfs tmpfs "$scratch"
mkdir "$scratch"/{upper,work,root}
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$scratch/upper,workdir=$scratch/work" "$scratch/root"
mkdir -p "$scratch/root/var/lib/containerd"
mount --bind "$store" "$scratch/root/var/lib/containerd"
mount -t proc proc "$scratch/root/proc"
mount --rbind /dev "$scratch/root/dev"

chroot "$scratch/root" containerd </dev/null >&2 &
daemon=$!
for _ in {1..100}; do chroot "$scratch/root" ctr version >/dev/null 2>&1 && break; sleep 0.1; done
chroot "$scratch/root" ctr -n k8s.io images import -
# A clean end, so that the databases are complete when they are copied.
kill "$daemon"
wait "$daemon" || true
