# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh and step-images.sh: the root file system that all machines share, read-only, below an overlay of
# their own. What is different per machine (keys, hosts, apt source) is written at its boot (machine.sh), not here.

ROOTFS=$CACHE/rootfs-$(hash_of "$LAB_DIR/lib/rootfs.sh" <(echo "$DEBIAN_SUITE"))

ROOTFS_PACKAGES=(
  systemd systemd-sysv dbus openssh-server
  containerd runc containernetworking-plugins
  iptables iproute2 conntrack ethtool socat ebtables kmod procps util-linux mount
  curl ca-certificates jq less iputils-ping
)

# They want a kernel of their own (sysctl, modules, udev), a console, or a seat.
MASKED_UNITS=(
  systemd-sysctl.service systemd-modules-load.service systemd-binfmt.service systemd-udevd.service
  systemd-networkd.service systemd-timesyncd.service systemd-logind.service
  getty@tty1.service console-getty.service getty.target
  apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer
  dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount
)

make_rootfs() {
  [[ -d $ROOTFS ]] && return
  local new=$ROOTFS.partial unit
  mkdir -p "$LOGS"
  remove_tree "$new"
  mmdebstrap --variant=minbase --include="$(IFS=,; echo "${ROOTFS_PACKAGES[*]}")" "$DEBIAN_SUITE" "$new" </dev/null >"$LOGS/mmdebstrap.log" 2>&1 ||
    { tail -20 "$LOGS/mmdebstrap.log" >&2; die "mmdebstrap failed, see $LOGS/mmdebstrap.log"; }

  for unit in "${MASKED_UNITS[@]}"; do ln -sfn /dev/null "$new/etc/systemd/system/$unit"; done

  # The only package source is the lab's, and apt must not find another one.
  remove_tree "$new/etc/apt/sources.list" "$new"/etc/apt/sources.list.d/* "$new"/var/lib/apt/lists/* "$new"/var/cache/apt/*.bin
  mkdir -p "$new/etc/apt/keyrings"

  # Every machine has host keys of its own: none in the image, made before sshd checks its configuration.
  rm -f "$new"/etc/ssh/ssh_host_*
  mkdir -p "$new/etc/systemd/system/ssh.service.d"
  cat >"$new/etc/systemd/system/ssh.service.d/host-keys.conf" <<'Y'
[Service]
ExecStartPre=
ExecStartPre=/usr/bin/ssh-keygen -A
ExecStartPre=/usr/sbin/sshd -t
Y
  install -d -m 700 "$new/root/.ssh"

  # restrict_oom_score_adj: nothing here may lower a score where CAP_SYS_RESOURCE is missing (containers, some VMs).
  # tolerate_missing_hugetlb_controller: not every kernel has it. The cgroup driver is cgroupfs, as in kubeadm.yaml.
  cat >"$new/etc/containerd/config.toml" <<Y
version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$IMAGE_REPOSITORY/pause:${PAUSE_TAGS##* }"
  restrict_oom_score_adj = true
  tolerate_missing_hugetlb_controller = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"

  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
Y
  mv "$new" "$ROOTFS"
}
