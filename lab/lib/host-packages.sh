# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh and step-images.sh: what the lab needs from the host's Debian (or Ubuntu).

HOST_PACKAGES=(
  mmdebstrap        # makes the root file system of the machines
  apt-utils         # apt-ftparchive: indexes of the package repository
  gnupg             # signs it
  jq                # image manifests
  iproute2          # namespaces, bridge
  util-linux        # nsenter, unshare, flock
  openssh-client    # ssh.sh and the pipeline's key pair
  ca-certificates
)

install_host_packages() {
  local package
  local -a missing=()
  for package in "${HOST_PACKAGES[@]}"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  say "installing on this host: ${missing[*]}"
  mkdir -p "$LOGS"
  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends "${missing[@]}"; } \
    </dev/null >"$LOGS/host-packages.log" 2>&1 || die "apt-get failed, see $LOGS/host-packages.log"
}

# What cannot be installed, checked before anything is touched. One message per cause.
check_host() {
  [[ $EUID == 0 ]] || die "needs root: it makes namespaces, mounts and cgroups"
  [[ $(uname -sm) == 'Linux x86_64' ]] || die "needs Linux on amd64, this is $(uname -sm)"
  command -v apt-get >/dev/null || die "needs a Debian or Ubuntu host (it installs ${HOST_PACKAGES[*]} with apt-get)"
  command -v node >/dev/null || die "needs node on PATH"
  # Where these are modules, the machines cannot load them: they have no /lib/modules.
  if command -v modprobe >/dev/null; then
    modprobe -qa overlay bridge veth br_netfilter nf_conntrack nf_nat nf_tables nft_compat || true
  fi
}

# Every machine's systemd, containerd and kubelet watch files, and the kernel counts the watchers of one user, whichever
# machine they are in. The default of 128 is too few for five machines beside whatever else watches on this host.
INOTIFY_INSTANCES=1024
raise_limits() {
  local file=/proc/sys/fs/inotify/max_user_instances
  (($(<$file) >= INOTIFY_INSTANCES)) || echo "$INOTIFY_INSTANCES" >$file
}
