# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: long-running helpers on the switch, in the lab's cgroup so that down.sh finds them.

daemon_is_up() {
  local pid
  pid=$(cat "$RUN/$1.pid" 2>/dev/null) && grep -q "/$CGROUP/daemons" "/proc/$pid/cgroup" 2>/dev/null
}

# start_daemon NAME COMMAND...
start_daemon() {
  local name=$1
  shift
  daemon_is_up "$name" && return
  cgroup_create daemons
  (
    cgroup_enter daemons
    exec setsid nsenter --net="/run/netns/$SWITCH_NS" -- "$@"
  ) </dev/null >>"$LOGS/$name.log" 2>&1 &
  echo $! >"$RUN/$name.pid"
}
