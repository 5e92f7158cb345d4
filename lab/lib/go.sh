# shellcheck shell=bash disable=SC2034,SC2154  # names are shared with the scripts that source this
# Sourced by tools.sh: how Go programs are fetched and built. Everything comes through the Go module proxy and
# is checked against the checksum database, so no git, no release downloads and no registry are needed.

find_go() {
  local go version
  for go in go /usr/local/go/bin/go; do
    command -v "$go" >/dev/null || continue
    version=$("$go" env GOVERSION)
    if [[ $(printf '%s\n' go1.26 "$version" | sort -V | head -1) == go1.26 ]]; then
      GO=$(command -v "$go")
      return
    fi
  done
  die "Go 1.26 or newer is needed to build the lab's tools${version:+ (found $version)}: install it from https://go.dev/dl/ and put it on PATH"
}

# GOTOOLCHAIN=local: an older go.mod line must not make Go download another Go.
# CGO off: the binaries go into images and machines that share no libraries with this host.
# Of its messages, only the hundreds of "downloading" lines are left out.
go_() {
  GOTOOLCHAIN=local GOFLAGS=-buildvcs=false GOWORK=off CGO_ENABLED=0 "$GO" "$@" 2> >(grep -v '^go: downloading ' >&2)
}

# module_dir MODULE@VERSION: downloads it (once) and prints where the read-only copy is.
module_dir() {
  local dir
  own_cache
  mkdir -p "$CACHE/build"
  dir=$(cd "$CACHE/build" && go_ mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
  [[ -n $dir ]] || die "the Go module proxy does not serve $1"
  echo "$dir"
}

# once NAME COMMAND...: fills $TOOLS/NAME unless it is there, by running COMMAND DIR in a temporary folder that is
# renamed at the end: an interrupted build is no build. Two callers at once: the second one waits for the first.
once() {
  local name=$1 dir=$TOOLS/$1 start=$SECONDS
  shift
  own_cache
  mkdir -p "$TOOLS"
  (
    flock 9
    if [[ -d $dir ]]; then
      printf '%5ss  %s (was there)\n' 0 "$name" >&2
      exit
    fi
    remove_tree "$dir.partial"
    mkdir "$dir.partial"
    "$@" "$dir.partial"
    mv "$dir.partial" "$dir"
    printf '%5ss  %s\n' $((SECONDS - start)) "$name" >&2
  ) 9>"$TOOLS/.$name.lock"
}

# writable_copy NAME MODULE@VERSION: a copy of a module to build in. The path stays the same between builds.
writable_copy() {
  local copy=$CACHE/build/$1
  remove_tree "$copy"
  mkdir -p "$CACHE/build"
  cp -r --no-preserve=mode "$(module_dir "$2")" "$copy"
  echo "$copy"
}

# wrapper_module NAME MODULE VERSION [REPLACE-LINE...]: a throwaway module that only requires MODULE, for programs
# whose own go.mod has replaces into folders that a module zip does not carry (as a dependency those are ignored).
wrapper_module() {
  local dir=$CACHE/build/$1 upstream
  upstream=$(module_dir "$2@$3")
  remove_tree "$dir"
  mkdir -p "$dir"
  # Upstream's own sums of third-party modules save as many lookups.
  cp --no-preserve=mode "$upstream/go.sum" "$dir/go.sum"
  {
    printf 'module lab/wrapper\n\ngo %s\n\nrequire %s %s\n' "$(awk '/^go /{print $2}' "$upstream/go.mod")" "$2" "$3"
    if [[ $2 == k8s.io/kubernetes ]]; then
      # Its staging modules are required at v0.0.0 and replaced by folders of its own; they are published as v0.x.y.
      awk -v v="v0.${3#v1.}" '$1 ~ /^k8s.io\// && $2 == "v0.0.0" { print "replace " $1 " => " $1 " " v }' "$upstream/go.mod" | sort -u
    fi
  } >"$dir/go.mod"
  echo "$dir"
}
