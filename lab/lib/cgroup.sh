# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced: a cgroup subtree of the lab's own, on v1 (one per hierarchy) and on v2 (one).
# Two uses: a machine's systemd, kubelet and containers get a tree that is theirs, and down.sh finds every process that
# the lab ever started, whatever became of its pid files.

# `unified` is the v2 tree that systemd mounts beside those of v1. Without a place of its own in there each machine sees the pods of
# all others, and a static pod has the same UID on every cp1: the kubelet of one lab waits for the etcd of the other to be gone.
CGROUP_V1=(cpu cpuacct cpuset memory devices freezer blkio pids unified systemd)
cgroup_version() { [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]] && echo 2 || echo 1; }

# cgroup_folders NAME: where the cgroup NAME (aku-lab/cp1) is, one path per hierarchy.
cgroup_folders() {
  local controller
  if [[ $(cgroup_version) == 2 ]]; then
    echo "/sys/fs/cgroup/$1"
  else
    for controller in "${CGROUP_V1[@]}"; do [[ ! -d /sys/fs/cgroup/$controller ]] || echo "/sys/fs/cgroup/$controller/$1"; done
  fi
}

# cgroup_create NAME: below the lab's cgroup.
cgroup_create() {
  local folder file
  while read -r folder; do
    mkdir -p "$folder"
    if [[ $folder == /sys/fs/cgroup/cpuset/* ]]; then
      # A v1 cpuset starts empty and then takes no process: inherit by hand.
      for file in cpuset.cpus cpuset.mems; do
        [[ -s $(dirname "$folder")/$file && -n $(<"$(dirname "$folder")/$file") ]] || cat "/sys/fs/cgroup/cpuset/$file" >"$(dirname "$folder")/$file"
        [[ -n $(<"$folder/$file") ]] || cat "/sys/fs/cgroup/cpuset/$file" >"$folder/$file"
      done
    elif [[ $(cgroup_version) == 2 ]]; then
      # A child has the controllers that its parents hand down. No process may be in them (only in leaves).
      sed 's/[^ ]\+/+&/g' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
      sed 's/[^ ]\+/+&/g' "/sys/fs/cgroup/$CGROUP/cgroup.controllers" >"/sys/fs/cgroup/$CGROUP/cgroup.subtree_control"
    fi
  done < <(cgroup_folders "$CGROUP/$1")
}

# cgroup_enter NAME: this very process (0, right in every pid namespace) and all that it starts.
cgroup_enter() {
  local folder
  while read -r folder; do echo 0 >"$folder/cgroup.procs"; done < <(cgroup_folders "$CGROUP/$1")
}

# Pids of the lab, host view. Any one hierarchy has them all: nothing in a machine can leave its subtree.
cgroup_processes() {
  local top
  top=$(cgroup_folders "$CGROUP" | tail -1)
  [[ ! -d $top ]] || find "$top" -name cgroup.procs -exec cat {} + 2>/dev/null | sort -un
}

# Removes the (empty) tree, deepest first. The kernel needs a moment after the last process is gone.
cgroup_remove() {
  local folder _
  while read -r folder; do
    for _ in {1..50}; do
      [[ -d $folder ]] || break
      find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true
      [[ ! -d $folder ]] || sleep 0.1
    done
    [[ ! -d $folder ]] || { say "still there: $folder"; return 1; }
  done < <(cgroup_folders "$CGROUP")
}
