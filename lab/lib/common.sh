# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by every script of the lab: versions, places, addresses, and the few helpers that all of them share.
# Nothing here changes anything on the machine.

LAB_DIR=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
REPO_DIR=$(dirname "$LAB_DIR")
# shellcheck source=../versions.env
source "$LAB_DIR/versions.env"

CACHE=${AKU_CACHE:-$HOME/.cache/argo-kubeadm-upgrade}
TOOLS=$CACHE/tools          # built binaries, one folder per name and version; a folder that exists is complete
LAB=${AKU_LAB:-}            # name of this lab, when there is more than one on the machine
RUN=$CACHE/run${LAB:+-$LAB} # the state of the lab that is (or was) up
LOGS=$RUN/logs

# Labs are apart by these names. Addresses are the same in all: no lab sees another's network.
NETNS=aku${LAB:+_$LAB}      # aku-cp1, or aku_NAME-cp1: down.sh takes every namespace whose name begins so, with the dash
SWITCH_NS=$NETNS-switch     # the network namespace that holds the bridge, the servers and nothing else
SWITCH_IP=10.210.0.1
CGROUP=aku-lab${LAB:+-$LAB} # every process of the lab lives below this cgroup, which is how down.sh finds them all
IMAGE_REPOSITORY=lab.invalid/k8s

say() { printf '%s\n' "$*" >&2; }
die() { say "lab: $*"; exit 1; }
[[ $LAB =~ ^[a-z0-9]{0,8}$ ]] || die "AKU_LAB is up to 8 small letters and digits (seen: $LAB)"
# shellcheck source=own-files.sh
source "$LAB_DIR/lib/own-files.sh"
check_cache_path

LAP_START=${EPOCHREALTIME/[.,]/}
LAP_LAST=$LAP_START
# lap TEXT...: seconds of this stage, seconds since the script began, what was done.
lap() {
  local now=${EPOCHREALTIME/[.,]/}
  printf '%7.1fs %7.1fs  %s\n' "$(((now - LAP_LAST) / 100000))e-1" "$(((now - LAP_START) / 100000))e-1" "$*" >&2
  LAP_LAST=$now
}

# retry SECONDS COMMAND...: until it succeeds; its output is shown only when time is up.
retry() {
  local until=$((SECONDS + $1)) out
  shift
  until out=$("$@" 2>&1); do
    ((SECONDS < until)) || { say "gave up on: $*"; say "$out"; return 1; }
    sleep 0.3
  done
}

# What the lab on disk was made with counts, not what this shell happens to have in its environment.
if [[ -f $RUN/shape.env ]]; then KUBERNETES_BUILDS=$(sed -n 's/^BUILDS="\(.*\)"$/\1/p' "$RUN/shape.env" | grep . || echo "$KUBERNETES_BUILDS"); fi

# Kubernetes versions that the lab can offer, in the order in which they are named.
kubernetes_versions() { local word; for word in $KUBERNETES_BUILDS; do echo "${word%%=*}"; done; }
newest_kubernetes() { kubernetes_versions | sort -V | tail -1; }

node_ip() {
  case $1 in
    cp[1-9]) echo "10.210.0.1${1#cp}" ;;
    w[1-9]) echo "10.210.0.2${1#w}" ;;
    *) die "no such machine: $1 (they are called cp1.. and w1..)" ;;
  esac
}

# load_shape: CPS, WS and V0 of the lab that is up, and NODES, the names of its machines.
load_shape() {
  [[ -f $RUN/shape.env ]] || die "the lab is not up; start it with lab/up.sh"
  # shellcheck disable=SC1091
  source "$RUN/shape.env"
  name_nodes
}
name_nodes() {
  local i
  NODES=()
  for ((i = 1; i <= CPS; i++)); do NODES+=("cp$i"); done
  for ((i = 1; i <= WS; i++)); do NODES+=("w$i"); done
}

# hash_of FILE...: short name for "what these files say", to key caches by the script that fills them.
hash_of() { cat "$@" | sha256sum | cut -c1-12; }

# forget_others FOLDER: this one is in use; those of the same name and another hash that no lab has used for a day go. A lab of another
# shape, or of another checkout, may be up beside this one. What stands on them has links of its own to the files.
forget_others() {
  touch "$1"
  local other
  find "$CACHE" -maxdepth 1 -type d ! -path "$1" -mtime +0 -print0 |
    while IFS= read -r -d '' other; do
      [[ ! ${other##*/} =~ ^$(basename "${1%-*}")-[0-9a-f]{12}$ ]] || remove_tree "$other"
    done
}

# each_node COMMAND...: COMMAND NODE for every machine at once; fails when one fails, after all have ended.
each_node() {
  local node failed=0
  local -a pids=()
  for node in "${NODES[@]}"; do "$@" "$node" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return $failed
}

on_node() { "$LAB_DIR/on-node.sh" "$@"; }
kubectl() { "$LAB_DIR/in-lab.sh" kubectl "$@"; }
# nsenter, never `ip netns exec`: that one remounts /sys, and the cgroup mounts below it are gone.
in_switch() { nsenter --net="/run/netns/$SWITCH_NS" -- "$@"; }
