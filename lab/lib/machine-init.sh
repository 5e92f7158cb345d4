#!/usr/bin/env bash
# machine-init.sh NAME ROOTFS DISK: the first process of a machine, in fresh namespaces. Goes into the machine's cgroup,
# mounts what a booting systemd expects and becomes systemd.
set -euo pipefail
if [[ ${1:-} != --in-cgroup ]]; then
  source "$(dirname "$(readlink -f "$0")")/common.sh"
  source "$LAB_DIR/lib/cgroup.sh"
  cgroup_enter "$1"
  # The cgroup namespace is made from inside: where a process is at that moment is what it will see as the root.
  exec unshare --cgroup -- bash "$0" --in-cgroup "$@"
fi
shift
name=$1 rootfs=$2 disk=$3
root=$disk/merged

mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$rootfs,upperdir=$disk/upper,workdir=$disk/work" "$root"
# Overlays do not stack: containerd's layers, and etcd's fsync, need the real file system below /var.
mount --bind "$disk/var" "$root/var"

mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then
  # In a cgroup namespace a new mount shows the machine's own subtree as the root. (Not tried: see README.)
  mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
else
  mount -t tmpfs -o mode=755 tmpfs "$root/sys/fs/cgroup"
  for controller in cpu cpuacct cpuset memory devices freezer blkio pids; do
    mkdir "$root/sys/fs/cgroup/$controller"
    mount -t cgroup -o "$controller" cgroup "$root/sys/fs/cgroup/$controller" || rmdir "$root/sys/fs/cgroup/$controller"
  done
  mkdir "$root/sys/fs/cgroup/systemd"
  mount -t cgroup -o none,name=systemd cgroup "$root/sys/fs/cgroup/systemd"
fi

dev=$root/dev
mount -t tmpfs -o mode=755 tmpfs "$dev"
mkdir "$dev"/{pts,shm,mqueue}
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$dev/shm"
ln -s pts/ptmx "$dev/ptmx"
while read -r device mode major minor; do mknod -m "$mode" "$dev/$device" c "$major" "$minor"; done <<'Y'
null 666 1 3
zero 666 1 5
full 666 1 7
random 666 1 8
urandom 666 1 9
kmsg 644 1 11
tty 666 5 0
fuse 666 10 229
Y
ln -s /proc/self/fd "$dev/fd"
ln -s /proc/self/fd/0 "$dev/stdin"
ln -s /proc/self/fd/1 "$dev/stdout"
ln -s /proc/self/fd/2 "$dev/stderr"
touch "$dev/console"
mount --bind /dev/null "$dev/console"

mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"

hostname "$name"
cd "$root"
mkdir -p .old
pivot_root . .old
umount -l /.old
rmdir /.old
# The kubelet hands mounts on to pods. Only now: before pivot_root the kernel answers EINVAL.
mount --make-rshared /
exec env -i container=lab PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin /sbin/init --log-target=journal
