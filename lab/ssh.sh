#!/usr/bin/env bash
# ssh.sh NODE COMMAND...: runs a command on a machine by real ssh with the pipeline's key, from the switch.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
[[ $# -ge 1 ]] || die "usage: lab/ssh.sh NODE COMMAND..."
ip=$(node_ip "$1")
shift
# Host keys are new with every purge; the first one seen counts until then.
exec nsenter --net="/run/netns/$SWITCH_NS" -- ssh -q -i "$RUN/ssh_key" -o IdentitiesOnly=yes -o BatchMode=yes \
  -o StrictHostKeyChecking=accept-new -o UserKnownHostsFile="$RUN/known_hosts" "root@$ip" "$@"
