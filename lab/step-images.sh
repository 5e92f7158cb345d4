#!/usr/bin/env bash
# step-images.sh: one image per step bundle (build/steps/<step>.cjs, made by `npm run bundle`), imported on every machine
# that is up. Same layout as the images from src/steps/Dockerfile: Node at /nodejs/bin/node, the step at /app/step.cjs,
# its licences and Node's compile cache beside it, user 65532, no shell.
#   AKU_STEPS_DIR=build/steps   where the bundles are
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
for part in host-packages rootfs docker-archive image-root; do
  # shellcheck disable=SC1090
  source "$LAB_DIR/lib/$part.sh"
done

STEPS=${AKU_STEPS_DIR:-$REPO_DIR/build/steps}
NODE=$REPO_DIR/node_modules/node/bin/node
VERSION=$(jq -r .version "$REPO_DIR/package.json")
CONFIG='{"Entrypoint": ["/nodejs/bin/node", "/app/step.cjs"], "User": "65532:65532", "WorkingDir": "/app",
  "Env": ["PATH=/usr/bin:/bin", "NODE_COMPILE_CACHE=/app/compile-cache"]}'

# The layer that all steps share. Node's libraries come from the machines' root file system, by the names it asks for.
base_layer() {
  local folder=$WORK/base library
  image_skeleton "$folder"
  install -D "$NODE" "$folder/nodejs/bin/node"
  for library in $(ldd "$NODE" | grep -oE '(lib|ld-)[^ /]+\.so[.0-9]*' | sort -u); do
    if [[ $library == ld-* ]]; then copy_library "$folder" "/lib64/$library"; else copy_library "$folder" "/usr/lib/x86_64-linux-gnu/$library"; fi
  done
  # Not named by any program, yet needed to resolve names.
  for library in libnss_files.so.2 libnss_dns.so.2 libresolv.so.2; do copy_library "$folder" "/usr/lib/x86_64-linux-gnu/$library"; done
  chroot "$folder" /nodejs/bin/node --version >&2 || die "node does not run in the step image"
  add_layer "$WORK" "$folder"
}

# A start without inputs compiles the step and ends with exit code 2.
FILL_CACHE="process.on('exit', () => { process.exitCode = 0; }); require('/app/step.cjs')"

# step_layer BUNDLE. The step starts in the base folder, where Node and the path of the step are those of the image.
step_layer() {
  local base=$WORK/base folder=$WORK/step
  remove_tree "$folder" "$base/app"
  install -D -m 644 "$1" "$base/app/step.cjs"
  install -D -m 644 "${1%.cjs}.licenses.txt" "$base/app/licenses.txt"
  install -d -o 65532 -g 65532 "$base/app/compile-cache"
  NODE_COMPILE_CACHE=/app/compile-cache chroot --userspec=65532:65532 "$base" /nodejs/bin/node --eval "$FILL_CACHE" >/dev/null ||
    die "$1 does not start"
  # add_layer gives every file to root.
  chmod -R a+rX "$base/app"
  mkdir -p "$folder"
  mv "$base/app" "$folder/app"
  add_layer "$WORK" "$folder"
}

import_on() { on_node "$1" ctr -n k8s.io images import - <"$WORK.tar" >"$LOGS/step-images-$1.log" 2>&1 || { cat "$LOGS/step-images-$1.log" >&2; die "$1: import failed"; }; }

check_host
load_shape
install_host_packages
make_rootfs
[[ -x $NODE ]] || die "no $NODE: run npm ci first"
bundles=("$STEPS"/*.cjs)
[[ -e ${bundles[0]} ]] || die "no bundles in $STEPS: run npm run bundle first"

WORK=$(mktemp -d -p "$RUN" step-images.XXXXXX)
trap 'remove_tree "$WORK" "$WORK.tar"' EXIT
base=$(base_layer)
for bundle in "${bundles[@]}"; do
  step=$(basename "$bundle" .cjs)
  add_image "$WORK" "lab.invalid/argo-kubeadm-upgrade/$step:$VERSION" "$CONFIG" "$base" "$(step_layer "$bundle")"
done
docker_archive "$WORK" >"$WORK.tar"
lap "${#bundles[@]} step images of version $VERSION"
each_node import_on
lap "imported on ${NODES[*]}"
