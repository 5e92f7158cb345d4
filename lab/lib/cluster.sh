# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: kubeadm, as its documentation does it. No registry: the images are there, IfNotPresent finds them.

# Fixed, for nothing outside the lab can reach the cluster.
JOIN_TOKEN=abcdef.0123456789abcdef
CERTIFICATE_KEY=$(printf '%064d' 0)
API_ENDPOINT=$SWITCH_IP:6443   # the balancer

# The marks in /var/lib/aku-lab say that a stage is over on this machine; what was cut short before its mark is done again.
install_kubernetes_packages() {
  local version=${V0#v}-1.1
  on_node "$1" test -f /var/lib/aku-lab/packages-done && return
  on_node "$1" bash -ec "
    export DEBIAN_FRONTEND=noninteractive
    dpkg --configure -a
    apt-get -qq update
    apt-get -qq -y install kubeadm=$version kubelet=$version kubectl=$version
    apt-mark hold kubeadm kubelet kubectl
    touch /var/lib/aku-lab/packages-done" </dev/null >"$LOGS/packages-$1.log" 2>&1 ||
    { tail -20 "$LOGS/packages-$1.log" >&2; die "$1: installing $version failed"; }
}

# What is not kubeadm's default, and why:
#  etcd unsafe-no-fsync        the lab's disk is thrown away; three etcds on one disk are slow otherwise
#  failCgroupV1, cgroupDriver  the host may still be on cgroup v1; cgroupfs works on both
#  oomScoreAdj                 may not be lowered without CAP_SYS_RESOURCE
#  evictionHard, imageGC       all machines share the host's disk: its fill level is none of theirs
#  conntrack                   these sysctls are not writable in a network namespace
kubeadm_config() {
  cat <<Y
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
bootstrapTokens:
  - token: $JOIN_TOKEN
    ttl: 24h0m0s
    groups: ["system:bootstrappers:kubeadm:default-node-token"]
    usages: [signing, authentication]
certificateKey: "$CERTIFICATE_KEY"
localAPIEndpoint: {advertiseAddress: $(node_ip cp1), bindPort: 6443}
nodeRegistration: {name: cp1, criSocket: "unix:///run/containerd/containerd.sock", imagePullPolicy: IfNotPresent}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: $V0
controlPlaneEndpoint: $API_ENDPOINT
imageRepository: $IMAGE_REPOSITORY
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/16}
dns: {imageTag: $COREDNS_VERSION}
# A version of an API that 1.34 removes, so that a client can be caught using it on 1.33.
apiServer: {extraArgs: [{name: runtime-config, value: admissionregistration.k8s.io/v1beta1=true}]}
etcd: {local: {imageTag: ${ETCD_VERSION#v}-0, extraArgs: [{name: unsafe-no-fsync, value: "true"}]}}
---
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
evictionHard: {memory.available: 100Mi}
imageGCHighThresholdPercent: 100
---
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
oomScoreAdj: 0
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
Y
}

# run_kubeadm NODE ARGUMENT...: with a reset when it was cut short, so that up.sh can be run again.
run_kubeadm() {
  local node=$1
  shift
  on_node "$node" test -f /var/lib/aku-lab/kubeadm-done && return
  if on_node "$node" test -d /etc/kubernetes/pki; then on_node "$node" kubeadm reset -f &>"$LOGS/kubeadm-$node.log"; fi
  on_node "$node" kubeadm "$@" >>"$LOGS/kubeadm-$node.log" 2>&1 || { tail -30 "$LOGS/kubeadm-$node.log" >&2; die "kubeadm ${1} failed on $node"; }
  on_node "$node" touch /var/lib/aku-lab/kubeadm-done
}

kubeadm_init() {
  kubeadm_config | on_node cp1 tee /var/lib/aku-lab/kubeadm.yaml >/dev/null
  run_kubeadm cp1 init --upload-certs --config /var/lib/aku-lab/kubeadm.yaml
  on_node cp1 cat /etc/kubernetes/admin.conf >"$RUN/admin.conf.new"
  chmod 600 "$RUN/admin.conf.new"
  mv "$RUN/admin.conf.new" "$RUN/admin.conf"
}

kubeadm_join() {
  local -a extra=()
  [[ $1 != cp1 ]] || return 0
  [[ $1 != cp* ]] || extra=(--control-plane --certificate-key "$CERTIFICATE_KEY" --apiserver-advertise-address "$(node_ip "$1")")
  run_kubeadm "$1" join "$API_ENDPOINT" --token "$JOIN_TOKEN" --discovery-token-unsafe-skip-ca-verification \
    --cri-socket unix:///run/containerd/containerd.sock "${extra[@]}"
}

# Workers join at once; control planes one after the other, for each changes etcd's membership.
join_all() {
  local node pid failed=0
  local -a pids=()
  for node in "${NODES[@]}"; do
    if [[ $node == cp* ]]; then kubeadm_join "$node"; else kubeadm_join "$node" & pids+=($!); fi
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return $failed
}

# The network of pods: the plain bridge plugin and static routes. Nothing enforces NetworkPolicies.
network_of() {
  local node=$1 cidr
  retry 60 pod_cidr "$node" >/dev/null
  cidr=$(pod_cidr "$node")
  on_node "$node" mkdir -p /etc/cni/net.d
  on_node "$node" tee /etc/cni/net.d/10-bridge.conflist >/dev/null <<Y
{
  "cniVersion": "0.4.0",
  "name": "lab",
  "plugins": [
    {
      "type": "bridge", "bridge": "cni0", "isGateway": true, "ipMasq": false, "hairpinMode": true,
      "ipam": { "type": "host-local", "ranges": [[{ "subnet": "$cidr" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
Y
  route_pods "$node" "$cidr"
}
pod_cidr() { kubectl get node "$1" -o jsonpath='{.spec.podCIDR}' | grep .; }

# pods_run NAMESPACE: every pod is ready, with containers that started since its machine booted. After a reboot the API
# server goes on telling what was true before, until kubelets report again.
pods_run() {
  local node boots='{}'
  for node in "${NODES[@]}"; do boots=$(jq --arg node "$node" --argjson boot "$(stat -c %Y "$RUN/nodes/$node/init.pid")" '.[$node] = $boot' <<<"$boots"); done
  kubectl -n "$1" get pods -o json | jq -e --argjson boots "$boots" '
    [.items[] | select(.status.phase != "Succeeded") | .spec.nodeName as $node | (.status.containerStatuses // [{}])[]
      | .ready and (.state.running.startedAt | fromdate) >= $boots[$node]] | all' || { kubectl -n "$1" get pods -o wide; return 1; }
}

wait_for_cluster() {
  retry 60 kubectl get --raw /readyz
  retry 120 kubectl wait --for=condition=Ready node --all --timeout=60s
  retry 120 kubectl -n kube-system rollout status ds/kube-proxy --timeout=60s
  retry 120 kubectl -n kube-system rollout status deploy/coredns --timeout=60s
  retry 120 pods_run kube-system
}
