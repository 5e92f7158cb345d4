#!/usr/bin/env bash
# tools.sh [argo|argo-cli|kubernetes|etcd|etcd-clients|cri-tools|coredns|pause|crds|all|pushgateway|prometheus|promtool|alertmanager|kube-state-metrics|argocd-diff]...
# Builds what the lab runs, or finds it in the cache; prints seconds per tool on stderr.
# `tools.sh argo-cli`, `etcd-clients` (etcdutl), `argocd-diff` and the tools of monitoring print the path of the program as the last line on
# stdout and need nothing but Go. The last two are not in `all`: who wants them asks for them by name.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
source "$LAB_DIR/lib/go.sh"

BUILD_DATE=2025-01-01T00:00:00Z   # fixed: the same sources give the same bytes

# ---- Argo -----------------------------------------------------------------------------------------------------------
ARGO_MODULE=github.com/argoproj/argo-workflows/${ARGO_VERSION%%.*}

argo_source() {
  local copy
  copy=$(writable_copy "argo-$ARGO_VERSION-$1" "$ARGO_MODULE@$ARGO_VERSION")
  # A symlink upstream, and module zips leave symlinks out. Without it argoexec does not compile ("undefined: Setpgid").
  [[ -f $copy/workflow/executor/osspecific/signal_linux.go ]] ||
    cp "$copy/workflow/executor/osspecific/signal_darwin.go" "$copy/workflow/executor/osspecific/signal_linux.go"
  # The CLI embeds the UI, whose bundle is not in the sources. The lab does not serve it.
  mkdir -p "$copy/ui/dist/app"
  echo placeholder >"$copy/ui/dist/app/index.html"
  echo "$copy"
}

# build_argo PROGRAM[,PROGRAM...] OUT
build_argo() {
  local source packages
  source=$(argo_source "${1//,/-}")
  IFS=, read -ra packages <<<"$1"
  (cd "$source" && go_ build -trimpath -o "$2/" -ldflags "-s -w -X $ARGO_MODULE.version=$ARGO_VERSION \
    -X $ARGO_MODULE.gitTag=$ARGO_VERSION -X $ARGO_MODULE.gitTreeState=clean -X $ARGO_MODULE.gitCommit=0000000 \
    -X $ARGO_MODULE.buildDate=$BUILD_DATE" "${packages[@]/#/./cmd/}")
  remove_tree "$source"
}

argo_cli() { once "argo-cli-$ARGO_VERSION" build_argo argo; }
argo() { argo_cli; once "argo-$ARGO_VERSION" build_argo workflow-controller,argoexec; }

# ---- Kubernetes -----------------------------------------------------------------------------------------------------
KUBERNETES_PROGRAMS=(kube-apiserver kube-controller-manager kube-scheduler kube-proxy kubelet kubeadm kubectl)

# build_kubernetes REPORTED SOURCE OUT. The version string is a linker flag, so that one compiled source serves as
# many "patch versions" as wanted: the second one only links.
build_kubernetes() {
  local reported=$1 source=$2 out=$3 flags='-s -w' package dir major minor
  IFS=. read -r major minor _ <<<"${reported#v}"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$reported -X $package.gitMajor=$major -X $package.gitMinor=$minor"
    flags+=" -X $package.gitTreeState=clean -X $package.gitCommit=$(printf '%040d' 0) -X $package.buildDate=$BUILD_DATE"
  done
  dir=$(wrapper_module "kubernetes-$reported" k8s.io/kubernetes "$source")
  (cd "$dir" && go_ build -mod=mod -trimpath -o "$out/" -ldflags "$flags" "${KUBERNETES_PROGRAMS[@]/#/k8s.io/kubernetes/cmd/}")
  remove_tree "$dir"
}

kubernetes() {
  local word
  for word in $KUBERNETES_BUILDS; do
    once "kubernetes-${word%%=*}" build_kubernetes "${word%%=*}" "${word##*=}"
  done
}

# ---- the rest -------------------------------------------------------------------------------------------------------
build_etcd() {
  local dir
  dir=$(wrapper_module "etcd-$ETCD_VERSION" go.etcd.io/etcd/server/v3 "$ETCD_VERSION")
  (cd "$dir" && go_ build -mod=mod -trimpath -ldflags '-s -w' -o "$1/etcd" go.etcd.io/etcd/server/v3)
  remove_tree "$dir"
}
etcd() { once "etcd-$ETCD_VERSION" build_etcd; }

# What saves and what restores. Modules of their own, with sums of their own.
build_etcd_clients() {
  local dir program
  for program in etcdctl etcdutl; do
    dir=$(wrapper_module "$program-$ETCD_VERSION" "go.etcd.io/etcd/$program/v3" "$ETCD_VERSION")
    (cd "$dir" && go_ build -mod=mod -trimpath -ldflags '-s -w' -o "$1/$program" "go.etcd.io/etcd/$program/v3")
    remove_tree "$dir"
  done
}
etcd_clients() { once "etcd-clients-$ETCD_VERSION" build_etcd_clients; }

build_cri_tools() {
  local dir module=sigs.k8s.io/cri-tools
  dir=$(wrapper_module "cri-tools-$CRI_TOOLS_VERSION" "$module" "$CRI_TOOLS_VERSION")
  (cd "$dir" && go_ build -mod=mod -trimpath -ldflags "-s -w -X $module/pkg/version.Version=$CRI_TOOLS_VERSION" \
    -o "$1/crictl" "$module/cmd/crictl")
  remove_tree "$dir"
}
cri_tools() { once "cri-tools-$CRI_TOOLS_VERSION" build_cri_tools; }

build_coredns() {
  local copy
  copy=$(writable_copy "coredns-$COREDNS_VERSION" "github.com/coredns/coredns@$COREDNS_VERSION")
  (cd "$copy" && go_ build -trimpath -ldflags '-s -w' -o "$1/coredns" .)
  remove_tree "$copy"
}
coredns() { once "coredns-$COREDNS_VERSION" build_coredns; }

build_pause() { (cd "$LAB_DIR/pause" && go_ build -trimpath -ldflags '-s -w' -o "$1/pause" main.go); }
pause() { once "pause-$(hash_of "$LAB_DIR/pause/main.go")" build_pause; }

# ---- monitoring -----------------------------------------------------------------------------------------------------
version_flags() {
  local package=github.com/prometheus/common/version
  echo "-s -w -X $package.Version=${1#v} -X $package.Branch=HEAD -X $package.BuildDate=$BUILD_DATE"
}

build_pushgateway() {
  local copy
  copy=$(writable_copy "pushgateway-$PUSHGATEWAY_VERSION" "github.com/prometheus/pushgateway@$PUSHGATEWAY_VERSION")
  (cd "$copy" && go_ build -trimpath -ldflags "$(version_flags "$PUSHGATEWAY_VERSION")" -o "$1/pushgateway" .)
  remove_tree "$copy"
}
pushgateway() { once "pushgateway-$PUSHGATEWAY_VERSION" build_pushgateway; }

# Its UI is not in the sources: pages are missing, the API is whole. Of the service discoveries only files and HTTP are
# compiled in (remove_all_sd): the lab's addresses are fixed, and the others bring the client of every cloud.
# build_of_prometheus PROGRAM OUT
build_of_prometheus() {
  local copy
  copy=$(writable_copy "$1-$PROMETHEUS_VERSION" "github.com/prometheus/prometheus@$PROMETHEUS_VERSION")
  (cd "$copy" && go_ build -trimpath -tags netgo,remove_all_sd -ldflags "$(version_flags "$PROMETHEUS_VERSION")" \
    -o "$2/" "./cmd/$1")
  remove_tree "$copy"
}
prometheus() { once "prometheus-$PROMETHEUS_VERSION" build_of_prometheus prometheus; }
# It tests the alert rules (npm run test:rules), without a lab.
promtool() { once "promtool-$PROMETHEUS_VERSION" build_of_prometheus promtool; }

# It embeds its UI, which is not in the sources: the API is whole.
build_alertmanager() {
  local copy
  copy=$(writable_copy "alertmanager-$ALERTMANAGER_VERSION" "github.com/prometheus/alertmanager@$ALERTMANAGER_VERSION")
  mkdir -p "$copy/ui/app/dist"
  echo placeholder >"$copy/ui/app/dist/index.html"
  (cd "$copy" && go_ build -trimpath -ldflags "$(version_flags "$ALERTMANAGER_VERSION")" -o "$1/" ./cmd/alertmanager)
  remove_tree "$copy"
}
alertmanager() { once "alertmanager-$ALERTMANAGER_VERSION" build_alertmanager; }

build_kube_state_metrics() {
  local copy
  copy=$(writable_copy "kube-state-metrics-$KUBE_STATE_METRICS_VERSION" "k8s.io/kube-state-metrics/v2@$KUBE_STATE_METRICS_VERSION")
  (cd "$copy" && go_ build -trimpath -ldflags "$(version_flags "$KUBE_STATE_METRICS_VERSION")" -o "$1/kube-state-metrics" .)
  remove_tree "$copy"
}
kube_state_metrics() { once "kube-state-metrics-$KUBE_STATE_METRICS_VERSION" build_kube_state_metrics; }

# ---- Argo CD's way to compare ---------------------------------------------------------------------------------------
build_argocd_diff() {
  local dir module=github.com/argoproj/argo-cd/v3
  dir=$(wrapper_module "argocd-diff-$ARGO_CD_VERSION" "$module" "$ARGO_CD_VERSION")
  # As a dependency its replaces are ignored, and it does not compile without them.
  sed -n '/^replace (/,/^)/p' "$(module_dir "$module@$ARGO_CD_VERSION")/go.mod" >>"$dir/go.mod"
  cp "$LAB_DIR/argocd-diff/main.go" "$dir/"
  (cd "$dir" && go_ build -mod=mod -trimpath -ldflags '-s -w' -o "$1/argocd-diff" .)
  remove_tree "$dir"
}
argocd_diff() { once "argocd-diff-$ARGO_CD_VERSION-$(hash_of "$LAB_DIR/argocd-diff/main.go")" build_argocd_diff; }

# ---- CRDs -----------------------------------------------------------------------------------------------------------
# CRDs are plain files of their projects' modules.
copy_argo_crds() {
  cp --no-preserve=mode "$(module_dir "$ARGO_MODULE@$ARGO_VERSION")"/manifests/base/crds/full/argoproj.io_*.yaml "$1/"
}
copy_argo_manifests() {
  local manifests
  manifests=$(module_dir "$ARGO_MODULE@$ARGO_VERSION")/manifests
  cp -r --no-preserve=mode "$manifests"/{base/workflow-controller,cluster-install-no-crds/workflow-controller-rbac} "$1/"
}
copy_external_secrets_crds() {
  cp --no-preserve=mode "$(module_dir "github.com/external-secrets/external-secrets@$EXTERNAL_SECRETS_VERSION")"/config/crds/bases/external-secrets.io_{externalsecrets,secretstores,clustersecretstores}.yaml "$1/"
}
copy_prometheus_crds() {
  cp --no-preserve=mode "$(module_dir "github.com/prometheus-operator/prometheus-operator@$PROMETHEUS_OPERATOR_VERSION")"/example/prometheus-operator-crd/monitoring.coreos.com_{prometheusrules,podmonitors,servicemonitors}.yaml "$1/"
}
crds() {
  once "crds-argo-$ARGO_VERSION" copy_argo_crds
  once "argo-manifests-$ARGO_VERSION" copy_argo_manifests
  once "crds-external-secrets-$EXTERNAL_SECRETS_VERSION" copy_external_secrets_crds
  once "crds-prometheus-$PROMETHEUS_OPERATOR_VERSION" copy_prometheus_crds
}

# ---------------------------------------------------------------------------------------------------------------------
find_go
for what in "${@:-all}"; do
  case $what in
    argo-cli)
      argo_cli
      echo "$TOOLS/argo-cli-$ARGO_VERSION/argo"
      ;;
    pushgateway)
      pushgateway
      echo "$TOOLS/pushgateway-$PUSHGATEWAY_VERSION/pushgateway"
      ;;
    prometheus)
      prometheus
      echo "$TOOLS/prometheus-$PROMETHEUS_VERSION/prometheus"
      ;;
    promtool)
      promtool
      echo "$TOOLS/promtool-$PROMETHEUS_VERSION/promtool"
      ;;
    alertmanager)
      alertmanager
      echo "$TOOLS/alertmanager-$ALERTMANAGER_VERSION/alertmanager"
      ;;
    kube-state-metrics)
      kube_state_metrics
      echo "$TOOLS/kube-state-metrics-$KUBE_STATE_METRICS_VERSION/kube-state-metrics"
      ;;
    etcd-clients)
      etcd_clients
      echo "$TOOLS/etcd-clients-$ETCD_VERSION/etcdutl"
      ;;
    argocd-diff)
      argocd_diff
      echo "$TOOLS/argocd-diff-$ARGO_CD_VERSION-$(hash_of "$LAB_DIR/argocd-diff/main.go")/argocd-diff"
      ;;
    argo | kubernetes | etcd | cri-tools | coredns | pause | crds) "${what//-/_}" ;;
    # The argo CLI first: linting needs nothing else, and whoever waits for it can go on.
    all) argo_cli; kubernetes; argo; etcd; etcd_clients; cri_tools; coredns; pause; crds; say "$SECONDS s in all" ;;
    *) die "no such tool: $what (argo, argo-cli, kubernetes, etcd, etcd-clients, cri-tools, coredns, pause, crds, all, pushgateway, prometheus, promtool, alertmanager, kube-state-metrics, argocd-diff)" ;;
  esac
done
