#!/usr/bin/env bash
# in-lab.sh COMMAND...: runs a command of this host where it sees the lab: in the switch's network namespace, as cluster
# admin (KUBECONFIG), with the lab's kubectl and argo first on PATH. Files are the host's.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
[[ $# -ge 1 ]] || die "usage: lab/in-lab.sh COMMAND..."
[[ -e /run/netns/$SWITCH_NS ]] || die "the lab is not up; start it with lab/up.sh"
[[ -f $RUN/admin.conf ]] || die "there is no cluster yet; lab/up.sh did not get that far"
PATH=$TOOLS/kubernetes-$(newest_kubernetes):$TOOLS/argo-cli-$ARGO_VERSION:$PATH
export PATH KUBECONFIG=$RUN/admin.conf
# Names are the lab's: proxies of the host lead nowhere from here.
unset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
exec nsenter --net="/run/netns/$SWITCH_NS" -- "$@"
