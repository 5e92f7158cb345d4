#!/usr/bin/env bash
# down.sh [--purge]: stops the lab: no process, network namespace, mount or cgroup of it is left. The machines' disks stay,
# and lab/up.sh boots them again; --purge removes them and all other run state (never the tools).
# Works from what the kernel knows, not from what up.sh wrote down, so it also clears up after an up.sh that was killed.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
source "$LAB_DIR/lib/cgroup.sh"

[[ $EUID == 0 ]] || die "needs root"
[[ $# == 0 || $* == --purge ]] || die "usage: lab/down.sh [--purge]"
# What follows removes and unmounts below $RUN.
[[ ! -e $RUN ]] || own_cache

# An up.sh that is still at work is among them. SIGKILL at once: systemd would wait for pods, and kube-apiserver takes up to a minute to end on its own.
kill_all() {
  local pids _
  for _ in {1..100}; do
    mapfile -t pids < <(cgroup_processes)
    [[ ${#pids[@]} -gt 0 ]] || return 0
    kill -9 "${pids[@]}" 2>/dev/null || true
    sleep 0.1
  done
  die "these processes do not end: ${pids[*]}"
}

remove_network() {
  local name
  for name in "/run/netns/$NETNS"-*; do [[ ! -e $name ]] || ip netns delete "${name##*/}"; done
  # `ip netns add` mounts this folder on itself; with the last namespace gone nobody needs that.
  if [[ -z $(ls -A /run/netns 2>/dev/null) ]] && mountpoint -q /run/netns; then umount /run/netns; fi
}

# The machines' mounts are in namespaces of their own and go with them; this is for those that a crash left here.
remove_mounts() { awk -v run="$RUN/" 'index($2, run) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r path; do umount -l "$path"; done; }

kill_all
remove_network
remove_mounts
cgroup_remove
rm -f "$RUN"/*.pid "$RUN"/nodes/*/init.pid
if [[ ${1:-} == --purge ]]; then remove_tree "$RUN"; fi
lap "down${1:+, purged}"
