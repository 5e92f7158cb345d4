import { kubeTag, tryParseKubeVersion, type KubeVersion } from '../kubernetes/kube-version.ts';
import type { NodeCommand } from './node-command.ts';
import { holdScript } from './node-packages.ts';
import { JOBS_FOLDER } from './node-shell.ts';
import { shellWord } from '../../text/shell.ts';

/**
 * The work on a node is a systemd unit of its own, so that it survives the pod that started it.
 * Each attempt has a unit and a directory with the same name, e.g. `argo-kubeadm-upgrade-v1.34.10-1`. The directory
 * holds:
 *
 * - `job.sh`: the program of the attempt. `hold.sh`: the program that systemd runs after any end of the attempt
 * - `log`: the output. `finished`: names of the commands that succeeded
 * - `state`: see {@link parseState}. `started`, `ended`: seconds since the epoch. `lost`: when a later attempt found it
 *   dead
 * - `run`: UID of the Workflow that began it. `boot-id`: the machine's boot ID at the begin
 * - `authentication-config`: the API server's flag of that name before the upgrade, when it was set
 */
export const UNIT_PREFIX = 'argo-kubeadm-upgrade-';
export const unitPrefixOf = (target: KubeVersion): string => `${UNIT_PREFIX}${kubeTag(target)}-`;
export const unitOf = (target: KubeVersion, attempt: number): string => `${unitPrefixOf(target)}${attempt}`;
export const folderOf = (unit: string): string => `${JOBS_FOLDER}/${unit}`;

/** Returns the command with which a person follows the log. */
export const followCommand = (unit: string): string =>
  `tail -f ${folderOf(unit)}/log, or systemctl status ${unit} (journalctl -u ${unit})`;

/**
 * Returns whether systemd may print this name for a unit of this project. A shell reads such a name as one plain word.
 */
export const isUnitName = (name: string): boolean => /^argo-kubeadm-upgrade-[A-Za-z0-9:_.@-]{1,200}$/.test(name);

/**
 * Returns why a node's list of units is rejected. Such text must reach neither a shell nor a command that a person
 * pastes.
 */
export const unexpectedUnit = (name: string): string =>
  `a unit there has a name that is not one of this project: ${JSON.stringify(name.slice(0, 80))}`;

export function tryParseUnit(unit: string): { target: KubeVersion; attempt: number } | undefined {
  const [, version = '', attempt = ''] = /^argo-kubeadm-upgrade-v(\d+\.\d+\.\d+)-([1-9]\d{0,5})$/.exec(unit) ?? [];
  const target = tryParseKubeVersion(version);
  return target === undefined ? undefined : { target, attempt: Number(attempt) };
}

/** A job holds this lock for its whole life. An earlier release held it during each command. */
const LOCK = '/run/argo-kubeadm-upgrade.lock';
const LOCK_SECONDS = 600;
export const BUSY_EXIT_CODE = 75;
/** Extra seconds for the start and the end of a command. */
const SLACK_SECONDS = 60;
const ALREADY_DONE_SECONDS = 60;

/** Returns the program of one attempt: the commands in order, up to the first failure. */
export function jobScript(unit: string, commands: readonly NodeCommand[]): string {
  return [
    '#!/bin/sh',
    `# ${unit}, written by argo-kubeadm-upgrade. Its state and its log are beside it.`,
    'set -u',
    ...surroundings(unit),
    // A reader sees the old or the new state at any time.
    `put() { (umask 077; printf '%s\\n' "$2" >"$folder/$1.new" && mv "$folder/$1.new" "$folder/$1"); }`,
    'finish() { put ended "$(date +%s)"; put state "$1"; exit "$2"; }',
    `exec 9>>${LOCK}`,
    `flock -w ${LOCK_SECONDS} 9 || { echo 'An earlier command is still at work on this node.'; finish 'failed ${BUSY_EXIT_CODE} 0 lock' 1; }`,
    // Arguments: number, seconds, name, script, script that checks for completion. Only this shell holds the lock: a
    // daemon that a command starts must not inherit it.
    'run() {',
    '  put state "running $1 $3"',
    '  echo "== $3"',
    `  if [ -n "$5" ] && timeout -k 5 ${ALREADY_DONE_SECONDS} sh -c "$5" 9>&-; then`,
    '    echo "Done already."',
    '  else',
    '    code=0',
    '    timeout -k 30 "$2" sh -c "$4" 9>&- || code=$?',
    '    [ "$code" -eq 0 ] || { echo "== $3 ended with exit code $code"; finish "failed $code $1 $3" 1; }',
    '  fi',
    `  (umask 077; printf '%s\\n' "$3" >>"$folder/finished")`,
    '}',
    ...commands.map(({ name, timeoutSeconds, script, alreadyDone = '' }, index) =>
      ['run', String(index + 1), String(timeoutSeconds), ...[name, script, alreadyDone].map(quoted)].join(' '),
    ),
    "echo '== all done'",
    'finish done 0',
    '',
  ].join('\n');
}

const surroundings = (unit: string): readonly string[] => [
  'export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  'HOME=$(getent passwd 0 | cut -d: -f6)',
  'export HOME',
  `folder=${shellWord(folderOf(unit))}`,
  'cd /',
  'exec >>"$folder/log" 2>&1 </dev/null',
];

/**
 * Returns the program that systemd runs as ExecStopPost, after a success, a failure, a timeout or SIGKILL. No process
 * of the attempt is left then. Earlier, a dpkg that survived the attempt's shell would still hold its lock.
 */
const afterwards = (unit: string): string =>
  ['#!/bin/sh', `# Run after ${unit}, however it ended.`, ...surroundings(unit), holdScript(HOLD_LOCK_SECONDS)].join(
    '\n',
  );

/** Seconds; less than DefaultTimeoutStopSec (90 s), after which systemd kills an ExecStopPost. */
const HOLD_LOCK_SECONDS = 60;

/** Like `shellWord`, for a text that may be empty. */
const quoted = (text: string): string => (text === '' ? "''" : shellWord(text));

export interface JobStart {
  readonly unit: string;
  readonly run: string;
  readonly commands: readonly NodeCommand[];
  /** The API server's flag before the upgrade, for the later check that it is restored. */
  readonly authenticationConfig: string | undefined;
}

/** Exit code of the start script when another unit is active, or when this attempt was started before. */
export const NOT_ALONE_EXIT_CODE = 3;
const START_SECONDS = 90;
const KEPT_FOLDERS = 10;

/**
 * Starts an attempt, unless a unit of this project is active on the node. Its stdin is `job.sh`. The script compares
 * the length: a lost connection must not leave half a program that runs.
 */
export function startCommand({ unit, run, commands, authenticationConfig }: JobStart): {
  script: string;
  stdin: string;
  timeoutSeconds: number;
} {
  const program = jobScript(unit, commands);
  const longest = commands.reduce((sum, { timeoutSeconds }) => sum + timeoutSeconds + SLACK_SECONDS, LOCK_SECONDS);
  const script = [
    `# Start ${unit}`,
    'set -eu',
    'export LC_ALL=C',
    'umask 077',
    `root=${JOBS_FOLDER} unit=${shellWord(unit)}`,
    'folder=$root/$unit',
    'mkdir -p "$root"',
    'chmod 0700 "$root"',
    'exec 8>>"$root/lock"',
    `flock -w 30 8 || { echo 'Another start is at work on this node.' >&2; exit ${BUSY_EXIT_CODE}; }`,
    `units=$(${LIST_UNITS}) || { echo 'systemd does not say which units there are.' >&2; exit ${BUSY_EXIT_CODE}; }`,
    `active=$(printf '%s\\n' "$units" | awk 'NF && $3 != "inactive" && $3 != "failed" { print $1 }')`,
    `[ -z "$active" ] || { echo "At work on this node: $active"; exit ${NOT_ALONE_EXIT_CODE}; }`,
    `[ ! -e "$folder" ] || { echo "$folder is there already."; exit ${NOT_ALONE_EXIT_CODE}; }`,
    // No unit is active here, so an attempt without `ended` is dead.
    `for old in "$root"/${UNIT_PREFIX}*/; do`,
    '  if [ -d "$old" ] && [ ! -e "$old/ended" ] && [ ! -e "$old/lost" ]; then date +%s >"$old/lost"; fi',
    'done',
    'new=$root/new',
    'rm -rf "$new"',
    'mkdir "$new"',
    'cat >"$new/job.sh"',
    `[ "$(wc -c <"$new/job.sh")" -eq ${byteLength(program)} ] || { echo 'The program did not arrive whole.' >&2; exit ${BUSY_EXIT_CODE}; }`,
    'chmod 0700 "$new/job.sh"',
    ': >"$new/log"',
    `printf '%s\\n' ${quoted(afterwards(unit))} >"$new/hold.sh"`,
    `printf '%s\\n' ${quoted(run)} >"$new/run"`,
    ...(authenticationConfig === undefined
      ? []
      : [`printf '%s\\n' ${quoted(authenticationConfig)} >"$new/authentication-config"`]),
    'cat /proc/sys/kernel/random/boot_id >"$new/boot-id"',
    'date +%s >"$new/started"',
    'echo starting >"$new/state"',
    'mv "$new" "$folder"',
    `ls -1t "$root" | grep '^${UNIT_PREFIX}' | tail -n +${KEPT_FOLDERS + 1} | while read -r old; do rm -rf "\${root:?}/$old"; done`,
    // Variables of a login's environment, such as a proxy.
    'code=0',
    `systemd-run --quiet --collect --no-ask-password --slice=system.slice --unit="$unit.service" --description="kubeadm upgrade of this node" -p KillMode=control-group -p EnvironmentFile=-/etc/environment -p RuntimeMaxSec=${longest} -p ExecStopPost="/bin/sh $folder/hold.sh" /bin/sh "$folder/job.sh" || code=$?`,
    '[ "$code" -eq 0 ] || { date +%s >"$folder/ended"; echo "failed $code 0 systemd-run" >"$folder/state"; }',
    'exit 0',
  ].join('\n');
  return { script, stdin: program, timeoutSeconds: START_SECONDS };
}

/**
 * Prints name, load state, active state, sub state and description of every unit of this project that systemd knows.
 */
export const LIST_UNITS = `systemctl list-units --all --full --plain --no-legend --type=service '${UNIT_PREFIX}*'`;

const byteLength = (text: string): number => new TextEncoder().encode(text).length;
