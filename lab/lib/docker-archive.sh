# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced: container images without a builder or a registry. An image is a few tar files and two JSON files; equal
# folders give equal bytes, so a layer that several images share is stored once.
#
#   base=$(add_layer WORK FOLDER)
#   add_image WORK NAME:TAG '{"Entrypoint": ["/app"], "User": "65532"}' "$base" ["$other_layer"...]
#   docker_archive WORK | ctr images import -

# add_layer WORK FOLDER: prints the layer's digest.
add_layer() {
  local work=$1 digest
  tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=gnu -C "$2" -cf "$work/layer.partial" .
  digest=$(sha256sum "$work/layer.partial" | cut -d' ' -f1)
  mv "$work/layer.partial" "$work/$digest.tar"
  echo "$digest"
}

# add_image WORK REFERENCE[,REFERENCE...] CONFIG LAYER...: CONFIG is the "config" object of the image specification.
add_image() {
  local work=$1 references=$2 config=$3 digest
  shift 3
  jq -cn --argjson config "$config" '{
      architecture: "amd64", os: "linux", created: "1970-01-01T00:00:00Z",
      config: ({ Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], WorkingDir: "/" } + $config),
      rootfs: { type: "layers", diff_ids: ($ARGS.positional | map("sha256:" + .)) },
      history: ($ARGS.positional | map({ created: "1970-01-01T00:00:00Z", created_by: "lab" }))
    }' --args "$@" >"$work/config.partial"
  digest=$(sha256sum "$work/config.partial" | cut -d' ' -f1)
  mv "$work/config.partial" "$work/$digest.json"
  jq -cn --arg config "$digest.json" --arg references "$references" \
    '{ Config: $config, RepoTags: ($references | split(",")), Layers: ($ARGS.positional | map(. + ".tar")) }' --args "$@" >>"$work/images"
}

# docker_archive WORK: the archive on stdout.
docker_archive() {
  jq -cs . "$1/images" >"$1/manifest.json"
  (cd "$1" && tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf - -- *.json *.tar)
}
