#!/usr/bin/env bash
# publish.sh VERSION...         adds Kubernetes versions to what the package repository offers
# publish.sh --only VERSION...  offers exactly these
# Versions are those of versions.env. Indexes are made and signed anew and swapped in at once.
set -euo pipefail
source "$(dirname "$(readlink -f "$0")")/lib/common.sh"
source "$LAB_DIR/lib/packages.sh"

[[ -d $REPOSITORY ]] || die "the lab is not up; start it with lab/up.sh"
if [[ ${1:-} == --only ]]; then
  shift
  wanted=("$@")
else
  mapfile -t wanted < <(published_versions; printf '%s\n' "$@")
fi
[[ $# -gt 0 ]] || die "usage: lab/publish.sh [--only] VERSION..."
publish_exactly "${wanted[@]}"
say "the repository offers: $(published_versions | tr '\n' ' ')"
