# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: every image that a machine may ever run, whatever its role and whatever version it is upgraded to.
#
# The images are imported once, into a containerd folder in the cache; a machine starts with a hard-linked copy of it.
# That takes a second and no disk, where an import per machine takes half a minute and gigabytes. Sharing the files is
# safe: containerd never writes into a committed blob or layer, and its two databases are copied for real.

IMAGE_STORE=$CACHE/images-$(hash_of "$LAB_DIR"/lib/{node-images,docker-archive,image-root,rootfs}.sh "$LAB_DIR/pause/main.go" \
  <(echo "$KUBERNETES_BUILDS $ARGO_VERSION $ETCD_VERSION $COREDNS_VERSION $PAUSE_TAGS"))

# one_program REFERENCES PROGRAM PATH CONFIG [OTHER...]: an image that is one static binary, others beside it, and the skeleton layer.
one_program() {
  local folder other
  folder=$(mktemp -d -p "$IMAGE_WORK")
  install -D "$2" "$folder$3"
  for other in "${@:5}"; do install "$other" "$(dirname "$folder$3")/"; done
  add_image "$IMAGE_WORK" "$1" "$4" "$SKELETON" "$(add_layer "$IMAGE_WORK" "$folder")"
  remove_tree "$folder"
}

add_kubernetes_images() {
  local version=$1 name
  for name in kube-apiserver kube-controller-manager kube-scheduler; do
    one_program "$IMAGE_REPOSITORY/$name:$version" "$TOOLS/kubernetes-$version/$name" "/usr/local/bin/$name" "{\"Entrypoint\": [\"/usr/local/bin/$name\"]}"
  done
  local folder
  folder=$(mktemp -d -p "$IMAGE_WORK")
  install -D "$TOOLS/kubernetes-$version/kube-proxy" "$folder/usr/local/bin/kube-proxy"
  add_image "$IMAGE_WORK" "$IMAGE_REPOSITORY/kube-proxy:$version" '{"Entrypoint": ["/usr/local/bin/kube-proxy"]}' \
    "$SKELETON" "$IPTABLES" "$(add_layer "$IMAGE_WORK" "$folder")"
  remove_tree "$folder"
}

# kube-proxy's tools. libm is what libxt_statistic.so needs: without it a service breaks only once it has a second
# endpoint (three API servers), as "network is unreachable".
iptables_layer() {
  local folder name plugin
  folder=$(mktemp -d -p "$IMAGE_WORK")
  copy_with_libraries "$folder" /usr/sbin/xtables-nft-multi /usr/sbin/conntrack /usr/bin/kmod
  copy_library "$folder" /usr/lib/x86_64-linux-gnu/libm.so.6
  mkdir -p "$folder/usr/lib/x86_64-linux-gnu/xtables"
  for plugin in "$ROOTFS"/usr/lib/x86_64-linux-gnu/xtables/*.so; do cp "$plugin" "$folder/usr/lib/x86_64-linux-gnu/xtables/"; done
  for name in {iptables,ip6tables}{,-save,-restore}; do ln -sf xtables-nft-multi "$folder/usr/sbin/$name"; done
  # The skeleton makes /lib64 and its like links into /usr; a real folder here would hide them.
  add_layer "$IMAGE_WORK" "$folder"
  remove_tree "$folder"
}

add_all_images() {
  local folder tag version references=
  folder=$IMAGE_WORK/skeleton
  image_skeleton "$folder"
  SKELETON=$(add_layer "$IMAGE_WORK" "$folder")
  remove_tree "$folder"
  IPTABLES=$(iptables_layer)

  for tag in $PAUSE_TAGS; do references+=,$IMAGE_REPOSITORY/pause:$tag; done
  one_program "${references#,}" "$TOOLS/pause-$(hash_of "$LAB_DIR/pause/main.go")/pause" /pause '{"Entrypoint": ["/pause"], "User": "65535:65535"}'
  one_program "$IMAGE_REPOSITORY/etcd:${ETCD_VERSION#v}-0" "$TOOLS/etcd-$ETCD_VERSION/etcd" /usr/local/bin/etcd '{"Entrypoint": ["/usr/local/bin/etcd"]}' \
    "$TOOLS/etcd-clients-$ETCD_VERSION"/{etcdctl,etcdutl}
  one_program "$IMAGE_REPOSITORY/coredns:$COREDNS_VERSION" "$TOOLS/coredns-$COREDNS_VERSION/coredns" /coredns '{"Entrypoint": ["/coredns"]}'
  for version in $(kubernetes_versions); do add_kubernetes_images "$version"; done
  one_program "lab.invalid/workflow-controller:$ARGO_VERSION" "$TOOLS/argo-$ARGO_VERSION/workflow-controller" /bin/workflow-controller '{"Entrypoint": ["workflow-controller"], "User": "65532"}'
  one_program "lab.invalid/argoexec:$ARGO_VERSION" "$TOOLS/argo-$ARGO_VERSION/argoexec" /bin/argoexec '{"Entrypoint": ["argoexec"]}'
}

make_image_store() {
  [[ -d $IMAGE_STORE ]] || fill_image_store
  forget_others "$IMAGE_STORE"
}

fill_image_store() {
  local new=$IMAGE_STORE.partial
  remove_tree "$new"
  mkdir -p "$new"
  IMAGE_WORK=$CACHE/build/images
  remove_tree "$IMAGE_WORK"
  mkdir -p "$IMAGE_WORK"
  add_all_images
  # The root file system's own containerd, in a mount and process namespace of its own: when the shell ends, so does it.
  docker_archive "$IMAGE_WORK" | unshare --mount --pid --fork --kill-child -- bash "$LAB_DIR/lib/import-images.sh" "$ROOTFS" "$new" >"$LOGS/import-images.log" 2>&1 ||
    { tail -20 "$LOGS/import-images.log" >&2; die "importing the images failed"; }
  remove_tree "$IMAGE_WORK"
  mv "$new" "$IMAGE_STORE"
}
