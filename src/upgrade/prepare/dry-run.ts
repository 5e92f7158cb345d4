import { INSTALL_FLAGS, sourceLines, writeLines } from '../host/apt.ts';
import type { Direction } from '../node/order.ts';
import { shellWord } from '../../text/shell.ts';

/**
 * Gives apt the sources that the job will leave on the node: the node's own sources, with `sourceFile` as the job
 * writes it.
 * The node's lists count too, because dependencies may come from other repositories.
 * apt itself names a conflicting file: another Signed-By for the same repository makes every apt command fail.
 */
export const jobSources = (sourceFile: string, keyringFile: string, url: string): readonly string[] => [
  'eval "$(apt-config shell list Dir::Etc::sourcelist/f parts Dir::Etc::sourceparts/d lists Dir::State::lists/d archives Dir::Cache::archives/d)"',
  'parts=${parts%/}',
  // apt reads copies and names their paths.
  'says() { complaint "$apt/said" | sed -e "s|$apt/[a-z]*/000-system-sources.list|$list|g" -e "s|$apt/[a-z]*/|$parts/|g"; }',
  `source=${shellWord(sourceFile)}`,
  '[ "${source%/*}" = "$parts" ] || [ "${source%/*}" -ef "$parts" ] || stop source-unread "$parts"',
  ': > "$apt/kubernetes.list"',
  'own="$apt/sources/${source##*/}"',
  writeLines('"$own"', sourceLines(sourceFile, keyringFile, url)),
  'link() { [ -f "$1" ] && [ ! "$1" -ef "$source" ] && ln -s "$1" "$2/$([ "$1" = "$list" ] && echo 000-system-)${1##*/}"; }',
  'for file in "$list" "$parts"/*.list "$parts"/*.sources; do link "$file" "$apt/sources" || true; done',
  'for file in "$lists"/*; do',
  '  [ ! -f "$file" ] || [ "${file##*/}" = lock ] || [ -e "$apt/lists/${file##*/}" ] || ln -s "$file" "$apt/lists/"',
  'done',
  'readable() { apt-get -c "$apt/apt.conf" -o Dir::Etc::sourceparts="$1" indextargets > "$apt/said" 2>&1; }',
  'readable "$apt/sources" || {',
  '  for file in "$list" "$parts"/*.list "$parts"/*.sources; do',
  '    rm -rf "$apt/pair"; mkdir "$apt/pair"',
  '    link "$file" "$apt/pair" || continue',
  '    ln -s "$own" "$apt/pair/"',
  '    readable "$apt/pair" || stop source-clash "$file" "$(says)"',
  '  done',
  '  readable "$apt/sources" || stop sources-failed "$(says)"',
  '}',
];

/**
 * Reports packages that are newer than the version that the job installs. A job downgrades no package, except in a
 * rollback.
 */
export const newerPackages = (packages: readonly string[], direction: Direction): readonly string[] =>
  direction === 'back'
    ? []
    : [
        'newer=',
        `for package in ${packages.join(' ')}; do`,
        `  installed=$(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$package" 2>/dev/null) || continue`,
        '  found=${wanted#* "$package"=}',
        '  found=${found%% *}',
        '  case $installed in "installed "*) ;; *) continue ;; esac',
        '  ! dpkg --compare-versions "${installed#installed }" gt "$found" || { newer=yes; say newer "$package" "${installed#installed }" "$found"; }',
        'done',
        '[ -z "$newer" ] || { say end; exit 0; }',
      ];

/** The apt flags for a rollback. */
export const directionFlags = (direction: Direction): string => (direction === 'back' ? ' --allow-downgrades' : '');

/**
 * Runs the job's installations with a dpkg that changes nothing. apt resolves dependencies and runs the node's dpkg
 * hooks, such as DPkg::Pre-Invoke. `groups`: the packages that the job installs with one command each.
 */
export const installDryRun = (groups: readonly (readonly string[])[], direction: Direction): readonly string[] => [
  `cat > "$apt/dpkg" <<'DPKG'`,
  '#!/bin/sh',
  'case " $* " in',
  `  *' --set-selections '*) exec cat > /dev/null ;;`,
  `  *' --unpack '*|*' --install '*|*' --configure '*|*' --remove '*|*' --purge '*|*' --triggers-only '*|*' --clear-avail '*) exit 0 ;;`,
  'esac',
  'exec dpkg "$@"',
  'DPKG',
  'chmod 0700 "$apt/dpkg"',
  ...groups.map(
    (group) =>
      `patiently apt-get -c "$apt/apt.conf" -o Dir::Bin::dpkg="$apt/dpkg" -o Dir::State::extended_states="$apt/extended_states" -q -y install ${INSTALL_FLAGS}${directionFlags(direction)} ${group.map((name) => `"${name}=$(version_of ${name})"`).join(' ')} > "$apt/said" 2>&1 || stop rehearsal-failed "$(complaint "$apt/said")"`,
  ),
];
