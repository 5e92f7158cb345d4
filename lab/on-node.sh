#!/usr/bin/env bash
# on-node.sh NODE COMMAND...: runs a command on a machine, through its namespaces (works without sshd, network or login).
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
[[ $# -ge 2 ]] || die "usage: lab/on-node.sh NODE COMMAND..."
node=$1
shift
pid=$(cat "$RUN/nodes/$node/init.pid" 2>/dev/null) || die "$node is not up"
# The pid may be somebody else's by now: a machine's init is in the lab's cgroup.
grep -q "/$CGROUP/$node" "/proc/$pid/cgroup" 2>/dev/null || die "$node is not up"
exec nsenter --target "$pid" --mount --pid --uts --ipc --net --cgroup --root --wd -- \
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb "$@"
