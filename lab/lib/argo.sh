# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: Argo Workflows, cluster-wide, and the CRDs that the manifests of this repository use.

apply_crds() {
  local folder
  for folder in "crds-argo-$ARGO_VERSION" "crds-external-secrets-$EXTERNAL_SECRETS_VERSION" "crds-prometheus-$PROMETHEUS_OPERATOR_VERSION"; do
    # Server-side: the full Argo CRDs are too big for the annotation that a client-side apply leaves.
    retry 60 kubectl apply --server-side --force-conflicts -f "$TOOLS/$folder"
  done
  # Retried: `wait` itself fails with "accessor error" while a CRD has no conditions yet.
  retry 60 kubectl wait --for=condition=Established --timeout=30s crd --all
}

# The controller's settings are the repository's own: what it ships for its users is what is tested here.
apply_controller_settings() {
  local file=$REPO_DIR/argo/workflow-controller-configmap.yaml
  if [[ -f $file ]]; then
    kubectl apply -f "$file"
  else
    say "no $file: using the minimum that Pod Security \"restricted\" needs"
    kubectl apply -f - <<'Y'
apiVersion: v1
kind: ConfigMap
metadata: {name: workflow-controller-configmap, namespace: argo}
data:
  executor: |
    imagePullPolicy: IfNotPresent
    securityContext:
      allowPrivilegeEscalation: false
      capabilities: {drop: [ALL]}
      readOnlyRootFilesystem: true
Y
  fi
}

# Upstream's own manifests of its cluster install (rights, Deployment, priority class), with the lab's images.
apply_controller() {
  local folder=$RUN/argo env='[]'
  [[ -z ${DEFAULT_REQUEUE_TIME:-} ]] || env="[{name: DEFAULT_REQUEUE_TIME, value: \"$DEFAULT_REQUEUE_TIME\"}]"
  remove_tree "$folder"
  cp -r "$TOOLS/argo-manifests-$ARGO_VERSION" "$folder"
  cat >"$folder/kustomization.yaml" <<Y
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: argo
resources:
  - workflow-controller-rbac
  - workflow-controller/workflow-controller-sa.yaml
  - workflow-controller/workflow-controller-priorityclass.yaml
  - workflow-controller/workflow-controller-deployment.yaml
images:
  - {name: quay.io/argoproj/workflow-controller, newName: lab.invalid/workflow-controller, newTag: $ARGO_VERSION}
patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: workflow-controller}
      spec:
        template:
          spec:
            containers:
              - name: workflow-controller
                imagePullPolicy: IfNotPresent
                args: [--executor-image, "lab.invalid/argoexec:$ARGO_VERSION", --executor-image-pull-policy, IfNotPresent]
                env: $env
Y
  # Server-side, so that a setting that is gone from here is gone from the cluster.
  kubectl apply --server-side --force-conflicts -k "$folder"
}

install_argo() {
  kubectl create namespace argo --dry-run=client -o yaml | kubectl apply -f - >/dev/null
  apply_controller_settings >/dev/null
  apply_controller >/dev/null
  retry 120 kubectl -n argo rollout status deploy/workflow-controller --timeout=60s
  retry 120 pods_run argo
}
