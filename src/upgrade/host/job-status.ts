import type { KubeVersion } from '../kubernetes/kube-version.ts';
import { sameVersion } from '../kubernetes/kube-version.ts';
import { folderOf, isUnitName, LIST_UNITS, unexpectedUnit, tryParseUnit, UNIT_PREFIX } from './node-job.ts';
import { JOBS_FOLDER } from './node-shell.ts';
import { known, notKnown, type Reading } from '../reading.ts';

/** The last state that an attempt recorded about itself. */
export type JobState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly command: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly at: number; readonly command: string }
  | { readonly kind: 'unreadable'; readonly text: string };

export interface JobRecord {
  readonly unit: string;
  readonly target: KubeVersion;
  readonly attempt: number;
  readonly state: JobState;
  /** UID of the Workflow that began the attempt. */
  readonly run: string;
  /** The API server's `--authentication-config` before the upgrade; undefined when it was not set. */
  readonly authenticationConfig: string | undefined;
}

/** What a node's disk and its systemd show. */
export interface HostState {
  /** Every active unit of this project, for any target and run. */
  readonly active: readonly string[];
  /** Attempts that left a record. For each target, the oldest attempt comes first. */
  readonly jobs: readonly JobRecord[];
}

/** Parses `starting`, `running 3 kubeadm upgrade`, `done` or `failed 1 3 kubeadm upgrade`. */
export function parseState(text: string): JobState {
  if (text === 'starting' || text === 'done') return { kind: text };
  const [, running] = /^running \d+ (.+)$/.exec(text) ?? [];
  if (running !== undefined) return { kind: 'running', command: running };
  const [, exitCode, at, command] = /^failed (\d{1,3}) (\d{1,3}) (.+)$/.exec(text) ?? [];
  if (exitCode === undefined || at === undefined || command === undefined) return { kind: 'unreadable', text };
  return { kind: 'failed', exitCode: Number(exitCode), at: Number(at), command };
}

/** Reads only. It lists units before records, because an inactive unit writes no more records. */
export const JOB_STATUS_SCRIPT = [
  '# See what is at work on this node',
  'export LC_ALL=C',
  `units=$(${LIST_UNITS}) || { echo 'systemd does not say which units there are.' >&2; exit 75; }`,
  `printf '%s\\n' "$units" | awk 'NF { sub(/[.]service$/, "", $1); print "unit", $1, $3 }'`,
  `for folder in ${JOBS_FOLDER}/${UNIT_PREFIX}*/; do`,
  '  [ -d "$folder" ] || continue',
  `  printf 'job %s\\n' "$(basename "$folder")"`,
  '  for file in state run authentication-config; do',
  `    if [ -e "$folder$file" ]; then printf '%s %s\\n' "$file" "$(head -c 300 "$folder$file" | tr -c '[:print:]' ' ')"; fi`,
  '  done',
  'done',
  'echo looked',
].join('\n');

const AT_REST = ['inactive', 'failed'];

export function parseJobStatus(stdout: string): Reading<HostState> {
  const lines = stdout.trimEnd().split('\n');
  // A truncated answer would show fewer units than there are.
  if (lines.at(-1) !== 'looked') return notKnown('the answer broke off');
  const words = lines.map((line) => line.split(' '));
  const active = words.flatMap(([word, unit = '', state = '']) =>
    word === 'unit' && !AT_REST.includes(state) ? [unit] : [],
  );
  const odd = active.find((unit) => !isUnitName(unit));
  return odd === undefined ? known({ active, jobs: jobsIn(lines) }) : notKnown(unexpectedUnit(odd));
}

function jobsIn(lines: readonly string[]): readonly JobRecord[] {
  const folders = new Map<string, Map<string, string>>();
  let files = new Map<string, string>();
  for (const line of lines) {
    const [, word = '', rest = ''] = /^(\S+) (.*)$/.exec(line) ?? [];
    if (word === 'job') folders.set(rest, (files = new Map<string, string>()));
    else files.set(word, rest.trim());
  }
  return [...folders]
    .flatMap(([unit, about]) => {
      const id = tryParseUnit(unit);
      if (id === undefined) return [];
      const state = parseState(about.get('state') ?? '');
      return [
        { unit, ...id, state, run: about.get('run') ?? '', authenticationConfig: about.get('authentication-config') },
      ];
    })
    .sort((a, b) => a.attempt - b.attempt);
}

export const attemptsOf = (jobs: readonly JobRecord[], target: KubeVersion): readonly JobRecord[] =>
  jobs.filter((job) => sameVersion(job.target, target));

/** Seconds that one query waits on the node for new output. */
const LISTEN_SECONDS = 10;
const CHUNK_BYTES = 65_536;
export const FOLLOW_TIMEOUT_SECONDS = 60;

/** Waits for new output of a unit. Then it prints whether the unit is active, and its log from `offset` (bytes) on. */
export function followScript(unit: string, offset: number): string {
  const log = `${folderOf(unit)}/log`;
  return [
    `# Follow ${unit}`,
    'export LC_ALL=C',
    `log=${log} unit=${unit} waited=0`,
    `while [ "$waited" -lt ${LISTEN_SECONDS} ]; do`,
    `  [ "$(wc -c 2>/dev/null <"$log" || echo 0)" -le ${offset} ] && systemctl is-active --quiet "$unit.service" || break`,
    '  waited=$((waited + 1))',
    '  sleep 1',
    'done',
    // Reads the state before the log: an inactive unit writes nothing more.
    `state=$(systemctl show -p ActiveState "$unit.service") || { echo 'systemd does not say whether it is at work.' >&2; exit 75; }`,
    'printf \'%s\\n\' "$state"',
    `printf 'log %s\\n' "$(tail -c +${offset + 1} "$log" 2>/dev/null | head -c ${CHUNK_BYTES} | base64 | tr -d '\\n')"`,
    'echo followed',
  ].join('\n');
}

export interface LogUpdate {
  readonly active: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export function parseLogUpdate(stdout: string): Reading<LogUpdate> {
  // A .bashrc may print text before the answer, with or without a line break.
  const [, state, base64] = /ActiveState=([a-z]+)\nlog ([A-Za-z0-9+/]*={0,2})\nfollowed\n$/.exec(stdout) ?? [];
  if (state === undefined || base64 === undefined || base64.length % 4 !== 0) return notKnown('the answer broke off');
  return known({
    active: !AT_REST.includes(state),
    bytes: Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)),
  });
}
