# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by publish.sh and up.sh: kubeadm, kubelet, kubectl and cri-tools as Debian packages, and the signed repository
# that offers some of them.

REPOSITORY=$RUN/repository
REPOSITORY_URL=http://$SWITCH_IP:8080/core:/stable:

# One folder of packages per Kubernetes version, and one of those that all of them need; made once, offered when published.
package_folder() { echo "$CACHE/packages-$(hash_of "$LAB_DIR/lib/packages.sh" <(echo "$CRI_TOOLS_VERSION"))/$1"; }
COMMON=common

# write_control FOLDER PACKAGE VERSION [DEPENDS]
write_control() {
  cat >"$1/DEBIAN/control" <<Y
Package: $2
Version: $3
Architecture: amd64
Maintainer: argo-kubeadm-upgrade lab <lab@example.invalid>
Section: admin
Priority: optional
${4:+Depends: $4
}Description: $2, built by the lab
Y
}

# Units and drop-in are those of the official packages, as far as kubeadm depends on them.
fill_kubelet() {
  mkdir -p "$1/usr/lib/systemd/system" "$1/etc/kubernetes/manifests"
  cat >"$1/usr/lib/systemd/system/kubelet.service" <<'Y'
[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target

[Service]
ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=10

[Install]
WantedBy=multi-user.target
Y
  # Enabled, but neither started nor restarted, as the official package does it: a new kubelet runs from the restart
  # that the upgrade procedure asks for.
  cat >"$1/DEBIAN/postinst" <<'Y'
#!/bin/sh
set -e
if [ "$1" = configure ]; then systemctl enable kubelet >/dev/null 2>&1 || true; fi
Y
  chmod 755 "$1/DEBIAN/postinst"
}
fill_kubeadm() {
  mkdir -p "$1/usr/lib/systemd/system/kubelet.service.d"
  cat >"$1/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf" <<'Y'
# Note: This dropin only works with kubeadm and kubelet v1.11+
[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
# This is a file that "kubeadm init" and "kubeadm join" generates at runtime, populating the KUBELET_KUBEADM_ARGS variable dynamically
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
# This is a file that the user can use for overrides of the kubelet args as a last resort.
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
Y
}
fill_kubectl() { :; }

fill_cri_tools() { :; }

# make_package FOLDER NAME VERSION PROGRAM [DEPENDS]: v1.34.10 becomes 1.34.10-1.1, the way the public repository numbers.
make_package() {
  local version=${3#v}-1.1 tree
  tree=$(scratch)
  install -D "$4" "$tree/usr/bin/$(basename "$4")"
  mkdir "$tree/DEBIAN"
  chmod 755 "$tree"
  write_control "$tree" "$2" "$version" "${5:-}"
  "fill_${2//-/_}" "$tree"
  dpkg-deb --root-owner-group -Zgzip -z1 -b "$tree" "$1/${2}_${version}_amd64.deb" >/dev/null
  remove_tree "$tree"
}

# packages_of VERSION|common FOLDER
packages_of() {
  local programs=$TOOLS/kubernetes-$1
  if [[ $1 == "$COMMON" ]]; then
    make_package "$2" cri-tools "$CRI_TOOLS_VERSION" "$TOOLS/cri-tools-$CRI_TOOLS_VERSION/crictl"
    return
  fi
  make_package "$2" kubeadm "$1" "$programs/kubeadm" 'kubelet (>= 1.30), kubectl (>= 1.30), cri-tools (>= 1.30.0)'
  make_package "$2" kubelet "$1" "$programs/kubelet" 'iptables, mount, util-linux, iproute2'
  make_package "$2" kubectl "$1" "$programs/kubectl"
}

# make_packages VERSION|common
make_packages() {
  local out
  out=$(package_folder "$1")
  [[ ! -d $out ]] || return 0
  remove_tree "$out.partial"
  mkdir -p "$out.partial"
  packages_of "$1" "$out.partial"
  mv "$out.partial" "$out"
}

# with_gpg COMMAND...: in a throwaway GnuPG home that holds the lab's key, without leaving an agent behind.
with_gpg() {
  (
    GNUPGHOME=$(scratch)
    export GNUPGHOME
    trap 'gpgconf --kill all; remove_tree "$GNUPGHOME"' EXIT
    [[ ! -f $REPOSITORY/signing-key.asc ]] || gpg --batch --quiet --import "$REPOSITORY/signing-key.asc"
    "$@"
  )
}

generate_signing_key() {
  gpg --batch --quiet --passphrase '' --quick-generate-key 'argo-kubeadm-upgrade lab <lab@example.invalid>' rsa2048 sign never
  gpg --batch --armor --export >"$REPOSITORY/Release.key"
  gpg --batch --armor --export-secret-keys >"$REPOSITORY/signing-key.asc.partial"
  mv "$REPOSITORY/signing-key.asc.partial" "$REPOSITORY/signing-key.asc"
}
make_signing_key() {
  install -d -m 700 "$REPOSITORY"
  [[ -f $REPOSITORY/signing-key.asc ]] || with_gpg generate_signing_key
}

# index_and_sign FOLDER: Packages, Release and signatures of a flat repository.
index_and_sign() {
  cd "$1" || exit
  apt-ftparchive packages amd64 >Packages
  gzip -9nk Packages
  apt-ftparchive -o APT::FTPArchive::Release::Origin=lab -o APT::FTPArchive::Release::Architectures=amd64 release . >../Release.new
  mv ../Release.new Release   # written elsewhere first: an index must not list itself
  gpg --batch --quiet --armor --detach-sign --output Release.gpg Release
  gpg --batch --quiet --clearsign --output InRelease Release
  cp "$REPOSITORY/Release.key" Release.key
}

published_versions() { cat "$REPOSITORY/published" 2>/dev/null || true; }

# publish_exactly VERSION...: the repository offers these and no others, from one request to the next.
publish_exactly() {
  local tree version minor file old
  local -a versions
  mapfile -t versions < <(printf '%s\n' "$@" | sort -uV)
  for version in "${versions[@]}"; do
    grep -qxF "$version" <(kubernetes_versions) || die "$version is not in versions.env, which has: $(kubernetes_versions | tr '\n' ' ')"
  done
  make_signing_key
  tree=$(mktemp -d -p "$REPOSITORY" tree.XXXXXX)
  chmod 755 "$tree"
  make_packages "$COMMON"
  for version in "${versions[@]}"; do
    make_packages "$version"
    minor=$tree/core:/stable:/${version%.*}/deb
    mkdir -p "$minor/amd64"
    for file in "$(package_folder "$version")"/*.deb; do ln "$file" "$minor/amd64/"; done
    # Of every minor, as the public repository has it.
    for file in "$(package_folder "$COMMON")"/*.deb; do ln -f "$file" "$minor/amd64/"; done
  done
  forget_others "$(dirname "$(package_folder "$COMMON")")"
  for minor in "$tree"/core:/stable:/*/deb; do with_gpg index_and_sign "$minor"; done

  ln -sfn "$(basename "$tree")" "$REPOSITORY/current.new"
  mv -T "$REPOSITORY/current.new" "$REPOSITORY/current"
  printf '%s\n' "${versions[@]}" >"$REPOSITORY/published"
  # What was offered before. Downloads that are under way keep their open files.
  for old in "$REPOSITORY"/tree.*; do [[ $old == "$tree" ]] || remove_tree "$old"; done
}
