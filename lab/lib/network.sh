# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by up.sh: the wires. A bridge in a network namespace of its own is the switch and everybody's default
# gateway; it has no uplink, so nothing of the lab can reach the outside, nor be reached from it.

make_switch() {
  [[ -e /run/netns/$SWITCH_NS ]] || ip netns add "$SWITCH_NS"
  in_switch ip link show sw0 &>/dev/null || in_switch ip link add sw0 type bridge
  in_switch ip link set lo up
  in_switch ip address replace "$SWITCH_IP/24" dev sw0
  in_switch ip link set sw0 up
  in_switch sysctl -qw net.ipv4.ip_forward=1
}

# plug_in NODE: a namespace of its own with eth0 on the switch.
plug_in() {
  local netns=$NETNS-$1 ip
  ip=$(node_ip "$1")
  [[ -e /run/netns/$netns ]] || ip netns add "$netns"
  in_switch ip link show "p-$1" &>/dev/null || in_switch ip link add "p-$1" type veth peer name eth0 netns "$netns"
  in_switch ip link set "p-$1" master sw0 up
  nsenter --net="/run/netns/$netns" -- bash -ec "
    ip link set lo up
    ip address replace $ip/24 dev eth0
    ip link set eth0 up
    ip route replace default via $SWITCH_IP
    sysctl -qw net.ipv4.ip_forward=1"
}

# route_pods NODE CIDR: everybody else reaches the pods of NODE through NODE. The CNI plugin is a plain bridge.
route_pods() {
  local other
  in_switch ip route replace "$2" via "$(node_ip "$1")"
  for other in "${NODES[@]}"; do
    [[ $other == "$1" ]] || nsenter --net="/run/netns/$NETNS-$other" -- ip route replace "$2" via "$(node_ip "$1")"
  done
}
