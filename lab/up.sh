#!/usr/bin/env bash
# up.sh: a kubeadm cluster with Argo Workflows on this machine. Can be run again: does what is missing, repairs the rest.
#   CPS=1 WS=2             control planes, workers
#   KUBERNETES_BUILDS=     the Kubernetes versions that it can offer; unset: those of versions.env
#   V0=v1.34.9             the Kubernetes version it starts with, and the only one that the package repository offers
#   DEFAULT_REQUEUE_TIME=  of the Argo controller, e.g. 2s (unset: Argo's own default)
# A lab that is up, or was up and not purged, keeps its CPS, WS and V0.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
for part in host-packages rootfs docker-archive image-root node-images packages cgroup network daemons machine cluster argo; do
  # shellcheck disable=SC1090
  source "$LAB_DIR/lib/$part.sh"
done

# choose_shape: from the environment, or as it was. Another shape than the one on disk is refused, not half done.
choose_shape() {
  local cps=${CPS:-} ws=${WS:-} v0=${V0:-}
  if [[ -f $RUN/shape.env ]]; then
    load_shape
    [[ ${cps:-$CPS}/${ws:-$WS}/${v0:-$V0} == "$CPS/$WS/$V0" ]] ||
      die "there is a lab with CPS=$CPS WS=$WS V0=$V0; lab/down.sh --purge first"
    [[ -d $ROOTFS ]] || die "the lab on disk was made with another root file system; lab/down.sh --purge first"
  else
    CPS=${cps:-1} WS=${ws:-2} V0=${v0:-v1.34.9}
    [[ $CPS == [1-9] && $WS == [0-9] ]] || die "CPS is 1 to 9, WS is 0 to 9 (seen: CPS=$CPS WS=$WS)"
    name_nodes
    grep -qxF "$V0" <(kubernetes_versions) || die "V0=$V0 is not in versions.env, which has: $(kubernetes_versions | tr '\n' ' ')"
    printf 'CPS=%s\nWS=%s\nV0=%s\nROOTFS=%s\nBUILDS="%s"\n' "$CPS" "$WS" "$V0" "$ROOTFS" "${KUBERNETES_BUILDS//$'\n'/ }" >"$RUN/shape.env"
  fi
}

make_client_key() { [[ -f $RUN/ssh_key ]] || ssh-keygen -q -t ed25519 -N '' -C argo-kubeadm-upgrade-lab -f "$RUN/ssh_key"; }

each_control_plane() { local node; for node in "${NODES[@]}"; do [[ $node != cp* ]] || echo "$(node_ip "$node"):6443"; done; }

# stage TEXT COMMAND...: not `COMMAND && lap TEXT`, which would switch `set -e` off inside COMMAND.
stage() { local text=$1; shift; "$@"; lap "$text"; }

serve() {
  local -a backends
  mapfile -t backends < <(each_control_plane)
  [[ -n $(published_versions) ]] || publish_exactly "$V0"
  make_switch
  start_daemon package-repository node "$LAB_DIR/servers/package-repository.mjs" "$SWITCH_IP" "$REPOSITORY"
  start_daemon balancer node "$LAB_DIR/servers/balancer.mjs" "$API_ENDPOINT" "${backends[@]}"
}

connect_pods() { local node; for node in "${NODES[@]}"; do network_of "$node"; done; }

up() {
  stage "tools" "$LAB_DIR/tools.sh" all
  choose_shape
  stage "root file system" make_rootfs
  stage "images" make_image_store
  make_client_key
  stage "switch, balancer, package repository" serve
  stage "disks of ${NODES[*]}" each_node make_disk
  stage "machines booted" each_node boot
  stage "packages of $V0 installed" each_node install_kubernetes_packages
  stage "kubeadm init" kubeadm_init
  # The API server needs a while for the big CRDs of Argo; the machines join meanwhile.
  apply_crds >/dev/null &
  local crds=$!
  stage "kubeadm join" join_all
  connect_pods
  stage "all nodes Ready, kube-proxy and CoreDNS rolled out" wait_for_cluster
  stage "CRDs" wait "$crds"
  stage "Argo Workflows $ARGO_VERSION" install_argo
  kubectl get nodes
}

check_host
own_cache
mkdir -p "$RUN/nodes" "$LOGS"
install_host_packages
raise_limits
# In the lab's cgroup: should this script be killed half way, down.sh finds what it was doing, too.
cgroup_create up
cgroup_enter up
# One at a time, whatever their names: they share images and packages. The programs that go on running must not hold the lock (8>&-); shells that a killed up.sh left at work
# do, and should.
exec 8>"$CACHE/.up.lock"
flock -n 8 || die "another lab/up.sh is running, or one was killed and its last command still runs: wait, or lab/down.sh"
up 8>&-
