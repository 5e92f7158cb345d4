# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: a "machine" is a set of namespaces (mount, pid, uts, ipc, cgroup, network) with systemd as pid 1.
# Its disk is run/nodes/NAME: upper/ over the shared root file system, var/ (containerd and etcd want a real one).

machine_is_up() { [[ -e /proc/$(cat "$RUN/nodes/$1/init.pid" 2>/dev/null || echo none)/ns/pid ]] && on_node "$1" true 2>/dev/null; }

# make_disk NAME: what is different per machine. Written before the boot: the overlay must not be changed under it.
make_disk() {
  local disk=$RUN/nodes/$1 other
  [[ -d $disk ]] && return
  remove_tree "$disk.partial"
  mkdir -p "$disk.partial"/{upper/etc/apt,work,merged}
  cp -a "$ROOTFS/var" "$disk.partial/var"
  mkdir "$disk.partial/var/lib/aku-lab"   # where up.sh marks what it has done
  copy_image_store "$disk.partial/var/lib/containerd"
  (
    cd "$disk.partial/upper" || exit
    cp -a "$ROOTFS/etc/apt/." etc/apt/
    install -D -m 644 "$RUN/repository/Release.key" etc/apt/keyrings/kubernetes-apt-keyring.asc
    echo "deb [signed-by=/etc/apt/keyrings/kubernetes-apt-keyring.asc] $REPOSITORY_URL/${V0%.*}/deb/ /" >etc/apt/sources.list.d/kubernetes.list
    install -d -m 700 root root/.ssh
    install -m 600 "$RUN/ssh_key.pub" root/.ssh/authorized_keys
    echo "$1" >etc/hostname
    tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
    # CoreDNS refuses to start without a name server that is not loopback. Nobody answers at this one.
    echo "nameserver $SWITCH_IP" >etc/resolv.conf
    {
      echo '127.0.0.1 localhost'
      for other in "${NODES[@]}"; do echo "$(node_ip "$other") $other"; done
    } >etc/hosts
  )
  mv "$disk.partial" "$disk"
}

# copy_image_store FOLDER: hard links for blobs and layers, real copies of what containerd writes to.
copy_image_store() {
  local database
  remove_tree "$1"
  cp -al "$IMAGE_STORE" "$1"
  (cd "$IMAGE_STORE" && find . -name '*.db') | while read -r database; do
    rm "$1/$database"
    cp -a "$IMAGE_STORE/$database" "$1/$database"
  done
}

# boot NAME: a machine whose init ends on the way is booted again, up to three times; what it said is shown.
boot() {
  local name=$1 disk=$RUN/nodes/$1 attempt
  machine_is_up "$name" && return
  plug_in "$name"
  cgroup_create daemons
  cgroup_create "$name"
  for attempt in 1 2 3; do
    start_init "$name"
    comes_up "$name" && return
    say "$name: attempt $attempt to boot it failed; its init is $(init_state "$name"). Its console:"
    tail -20 "$disk/console.log" >&2
    kill_machine "$name"
  done
  die "$name did not boot"
}

# start_init NAME: starts the machine's first process and writes down its pid (0 when it was gone before it was seen).
start_init() {
  local name=$1 disk=$RUN/nodes/$1 init='' parent _
  # The parent waits in another cgroup: on v2 a cgroup with children, as systemd will make them, holds no process itself.
  (
    cgroup_enter daemons
    exec setsid nsenter --net="/run/netns/$NETNS-$name" -- \
      unshare --mount --pid --uts --ipc --fork -- bash "$LAB_DIR/lib/machine-init.sh" "$name" "$ROOTFS" "$disk"
  ) </dev/null >"$disk/console.log" 2>&1 &
  # Every exec keeps the pid: once $! is unshare, its only child is the machine's init.
  parent=$!
  for _ in {1..100}; do
    sleep 0.1
    [[ -e /proc/$parent ]] || break
    [[ $(cat "/proc/$parent/comm" 2>/dev/null) == unshare ]] || continue
    init=$(cat "/proc/$parent/task/$parent/children" 2>/dev/null || true)
    [[ -z $init ]] || break
  done
  echo "${init:-0}" | tr -d ' ' >"$disk/init.pid"
}

init_state() { [[ -e /proc/$(cat "$RUN/nodes/$1/init.pid")/ns/pid ]] && echo 'still there' || echo gone; }

# comes_up NAME: until containerd answers, a minute at most; fails at once when init is gone.
comes_up() {
  local until=$((SECONDS + 60))
  until on_node "$1" ctr version &>/dev/null; do
    ((SECONDS < until)) && [[ $(init_state "$1") != gone ]] || return 1
    sleep 0.3
  done
}

# kill_machine NAME: whatever is left of it, so that it can be booted again.
kill_machine() {
  local folder pids _
  folder=$(cgroup_folders "$CGROUP/$1" | tail -1)
  for _ in {1..50}; do
    mapfile -t pids < <(find "$folder" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un)
    [[ ${#pids[@]} -gt 0 ]] || return 0
    kill -9 "${pids[@]}" 2>/dev/null || true
    sleep 0.1
  done
}
