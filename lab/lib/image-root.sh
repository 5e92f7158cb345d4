# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced: folders that become image layers, filled with programs of the machines' root file system (never of the
# host: another distribution must give the same images).

# image_skeleton FOLDER: what a program without a distribution still wants: users, /tmp, name resolution, CAs.
image_skeleton() {
  mkdir -p "$1"/{etc/ssl/certs,tmp,run,var/tmp,usr/{bin,sbin,lib,lib64}}
  chmod 1777 "$1/tmp" "$1/var/tmp"
  local dir
  for dir in bin sbin lib lib64; do ln -sfn "usr/$dir" "$1/$dir"; done
  printf '%s\n' 'root:x:0:0:root:/:/nologin' 'nonroot:x:65532:65532:nonroot:/tmp:/nologin' 'nobody:x:65534:65534:nobody:/:/nologin' >"$1/etc/passwd"
  printf '%s\n' 'root:x:0:' 'nonroot:x:65532:' 'nogroup:x:65534:' >"$1/etc/group"
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
  cp "$ROOTFS/etc/ssl/certs/ca-certificates.crt" "$1/etc/ssl/certs/"
}

# copy_with_libraries FOLDER PROGRAM...: programs by their path in the root file system, with all that ldd names.
copy_with_libraries() {
  local folder=$1 program library
  shift
  for program in "$@"; do
    install -D "$ROOTFS/$(chroot "$ROOTFS" readlink -f "$program")" "$folder$program"
    while read -r library; do copy_library "$folder" "$library"; done \
      < <(chroot "$ROOTFS" ldd "$program" 2>/dev/null | grep -o '/[^ )]*')
  done
}

# copy_library FOLDER PATH: under the name that programs ask for, as a file, not as the link that it is.
copy_library() {
  local dir
  dir=$(chroot "$ROOTFS" readlink -f "$(dirname "$2")")
  [[ -e $1$dir/$(basename "$2") ]] || install -D "$ROOTFS$(chroot "$ROOTFS" readlink -f "$2")" "$1$dir/$(basename "$2")"
}
