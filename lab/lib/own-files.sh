# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by common.sh: what the lab may remove. AKU_CACHE, AKU_LAB, HOME and TMPDIR come from outside, and the scripts run as root.

CACHE_MARKER=.argo-kubeadm-upgrade-lab   # a file in $CACHE: the lab made this folder, or found it empty

# contains OUTER INNER: whether INNER is OUTER or below it.
contains() { [[ $2 == "$1" || $2 == "${1%/}"/* ]]; }

# check_cache_path: refuses a path that cannot be a folder of the lab alone, before anything is read from it.
check_cache_path() {
  local real kept
  [[ $CACHE == /* ]] || die "AKU_CACHE is an absolute path (seen: $CACHE)"
  real=$(realpath -m -- "$CACHE")
  for kept in "${HOME:-/root}" "$REPO_DIR"; do
    ! contains "$real" "$(realpath -m -- "$kept")" || die "AKU_CACHE is a folder of its own (seen: $CACHE, which is or contains $kept)"
  done
}

# own_cache: makes $CACHE and marks it. A folder that holds anything else is not taken.
own_cache() {
  [[ ! -f $CACHE/$CACHE_MARKER ]] || return 0
  # A cache from before there was a marker has the locks of its tools.
  if [[ -d $CACHE && -n $(ls -A "$CACHE") && -z $(compgen -G "$CACHE/tools/.*-v*.lock") ]]; then
    die "$CACHE holds files that the lab did not make, and no $CACHE_MARKER: set AKU_CACHE to an empty folder, or to one that does not exist"
  fi
  mkdir -p "$CACHE"
  touch "$CACHE/$CACHE_MARKER"
}

# scratch: a new folder for files that are removed at the end. The path is short: the name of a GnuPG agent's socket has a limit.
scratch() { mktemp -d -p "${TMPDIR:-/tmp}" aku-lab.XXXXXX; }

# remove_tree PATH...: the only way in which the lab removes a folder. Refuses whatever is not below a cache of the lab or a scratch folder.
# A symbolic link is removed, not what it leads to; what is mounted below the path is left, and the removal fails.
remove_tree() {
  local path real
  for path in "$@"; do
    [[ $path == /* ]] || die "remove_tree: an absolute path is needed (seen: '$path')"
    [[ -e $path || -L $path ]] || continue
    real=$(realpath -e -- "$(dirname -- "$path")")/$(basename -- "$path")
    is_own "$real" || die "$path is not removed: it is not below $CACHE, or $CACHE has no $CACHE_MARKER"
    rm -rf --one-file-system -- "$real"
  done
}

# is_own REALPATH
is_own() {
  local cache tmp
  cache=$(realpath -m -- "$CACHE")
  tmp=$(realpath -m -- "${TMPDIR:-/tmp}")
  [[ $1 != */. && $1 != */.. ]] || return 1
  [[ $1 != "$tmp"/aku-lab.?????? && $1 != "$tmp"/aku-lab.??????/* ]] || return 0
  [[ $1 == "$cache"/?* && $1 != "$cache/$CACHE_MARKER" && -f $cache/$CACHE_MARKER ]]
}
