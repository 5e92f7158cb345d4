#!/usr/bin/env bash
# node.sh leave NODE   takes a machine out of the cluster; the machine stays up
# node.sh join NODE    makes it a node again, with the packages that it has
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
source "$LAB_DIR/lib/network.sh"
source "$LAB_DIR/lib/cluster.sh"

[[ $# == 2 && ($1 == leave || $1 == join) ]] || die "usage: lab/node.sh leave|join NODE"
load_shape
node=$2

leave() {
  kubectl delete node "$node" --ignore-not-found --timeout=60s
  on_node "$node" kubeadm reset -f &>"$LOGS/kubeadm-$node.log"
  # The next join may be given another range of pod addresses.
  on_node "$node" sh -c 'rm -f /var/lib/aku-lab/kubeadm-done /etc/cni/net.d/*; ip link delete cni0 2>/dev/null || true'
}

join() {
  kubeadm_join "$node"
  network_of "$node"
}

"$1"
