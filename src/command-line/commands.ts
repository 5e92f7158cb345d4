import type { Command } from './command.ts';

const CLUSTER = { value: 'name', doc: 'File in clusters/ without .yaml, or a path that ends with .yaml.' } as const;
const CONNECTION = {
  kubeconfig: {
    value: 'file',
    doc: 'Kubeconfig file, or several, separated as in KUBECONFIG. Without it, KUBECONFIG or ~/.kube/config is used.',
  },
  context: { value: 'name', doc: 'Context of the kubeconfig. Without it, the current context is used.' },
} as const;

export const PLAN = {
  run: 'npm run plan --',
  does: `Shows what the next run would do: version and reason, findings of gate and preflight, nodes in order, drains, what would
block them, and how long the run takes. It changes nothing. Progress goes to stderr.
Your user needs to read nodes, pods, workloads and the namespace k8s-upgrade.`,
  options: {
    cluster: CLUSTER,
    ...CONNECTION,
    target: {
      value: 'version',
      doc: 'Exact version to upgrade to, as in `argo submit -p target=`. Without it, the newest version that the policy allows.',
    },
    nodes: { value: 'names', doc: 'The only nodes to upgrade, separated by commas, as in `argo submit -p nodes=`.' },
    'ssh-key': {
      value: 'file',
      doc: 'Private key for the nodes. Without it, the plan checks nothing on the nodes and lists what it did not check.',
    },
    'known-hosts': { value: 'file', doc: 'Host keys of the nodes. Required where ssh.hostKeys is strict.' },
    'prometheus-url': {
      value: 'url',
      doc: 'Address of the Prometheus of the cluster from this machine (kubectl port-forward).',
    },
    'alertmanager-url': { value: 'url', doc: 'Address of the Alertmanager of the cluster from this machine.' },
    json: { doc: 'Prints JSON to stdout.' },
  },
  required: ['cluster'],
  exitCodes: `Exit codes: 0 clear, or nothing to do; 10 blocked; 11 on hold, paused or halted. Otherwise there is no plan: 2 wrong options, settings
or kubeconfig; 75 a server did not answer; 77 no permission to read; 70 a bug; 143 SIGTERM or Ctrl-C.`,
} as const satisfies Command;

export const DOCTOR = {
  run: 'npm run doctor --',
  does: `Checks that everything that the pipeline needs is there and allowed. It changes nothing and sends no message.
Your user needs to create subjectaccessreviews and to read the Secret of the pipeline.`,
  options: {
    cluster: CLUSTER,
    ...CONNECTION,
    'ssh-key': { value: 'file', doc: 'Private key for the nodes, instead of the one in the Secret.' },
    'known-hosts': {
      value: 'file',
      doc: 'Host keys of the nodes, instead of those in the Secret, where ssh.hostKeys is strict.',
    },
    'prometheus-url': {
      value: 'url',
      doc: 'Address of the Prometheus of the cluster from this machine (kubectl port-forward).',
    },
    'pushgateway-url': { value: 'url', doc: 'Address of the Pushgateway of the cluster from this machine.' },
    json: { doc: 'Prints JSON to stdout.' },
  },
  required: ['cluster'],
  exitCodes: `Exit codes: 0 every check passed; 10 something is missing, or cannot be seen. Otherwise there is no answer:
2 wrong options, settings or kubeconfig; 75 a server did not answer; 77 no permission to read; 70 a bug; 143 SIGTERM or Ctrl-C.`,
} as const satisfies Command;

export const SYNTH = {
  run: 'npm run synth --',
  does: 'Writes the manifests of every cluster: clusters/<name>.yaml becomes dist/<name>/.',
  options: {
    clusters: { value: 'folder', doc: 'Folder with the settings, instead of clusters/.' },
    out: {
      value: 'folder',
      doc: 'Folder for the manifests, instead of dist/. It holds nothing but what synth wrote.',
    },
  },
} as const satisfies Command;

export const DIFF = {
  run: 'npm run -s diff --',
  does: 'Shows what dist/ changes on the clusters, object by object, as Markdown. It refuses a dist/ that is not current.',
  options: { base: { value: 'commit', doc: 'Branch, tag or commit to compare with, instead of main.' } },
} as const satisfies Command;

export const RULES = {
  run: 'npm run -s rules --',
  does: 'Prints the alert rules of a cluster as a plain rule file, for a Prometheus that is configured by files.',
  options: { cluster: CLUSTER },
  // The rules of one cluster select its gauges by its name.
  required: ['cluster'],
} as const satisfies Command;

const CHECK = {
  check: { doc: 'Writes nothing; exits with 1 when something is not current.' },
} as const;
const CHECK_EXIT_CODES = 'Exit codes: 0 done; 1 not current; 2 wrong options; 70 a bug.';

export const DIAGRAM = {
  run: 'npm run diagram --',
  does: 'Draws each workflow of dist/ as Mermaid, on a page of docs/diagrams/.',
  options: CHECK,
  exitCodes: CHECK_EXIT_CODES,
} as const satisfies Command;

export const SCHEMA = {
  run: 'npm run schema --',
  does: 'Writes the JSON Schema of the settings for editors: docs/reference/cluster.schema.json.',
  options: CHECK,
  exitCodes: CHECK_EXIT_CODES,
} as const satisfies Command;

export const DOCS = {
  run: 'npm run docs --',
  does: 'Writes the reference pages that follow from the sources: docs/reference/, and lists in other files.',
  options: CHECK,
  exitCodes: CHECK_EXIT_CODES,
} as const satisfies Command;

export const BUNDLE = {
  run: 'npm run bundle --',
  does: 'Writes one self-contained program per step: build/steps/<step>.cjs, which the image of the step holds, with its licences and its source map.',
  options: {},
} as const satisfies Command;

export const BENCH = {
  run: 'npm run bench --',
  does: `Measures the program of each step: its size, its start until the first request to the API server, and its memory until then.
Times and memory are ratios to node -e 0. It takes at most three minutes and needs no cluster.`,
  options: { write: { doc: 'Also writes the table into docs/performance.md.' } },
} as const satisfies Command;

export const CHECK_DIST = {
  run: 'npm run check:dist --',
  does: 'Checks that dist/ is what npm run synth would write. It writes nothing.',
  options: {},
  exitCodes: 'Exit codes: 0 current; 1 not current; 2 wrong options or settings; 70 a bug.',
} as const satisfies Command;

const BUILDS = 'It builds the program on the first run when none of the right release is on the PATH; that needs Go.';

export const LINT_ARGO = {
  run: 'npm run lint:argo --',
  does: `Runs Argo's own linter on every cluster of dist/, and on a broken copy of each, which the linter must refuse.\n${BUILDS}`,
  options: {},
  exitCodes: 'Exit codes: 0 accepted; 1 refused, or no linter; 2 wrong options; 70 a bug.',
} as const satisfies Command;

export const TEST_RULES = {
  run: 'npm run test:rules --',
  does: `Runs promtool on the alert rules and the queries of the dashboard. The cases of each rule must fail for a broken rule.\n${BUILDS}`,
  options: {},
  exitCodes: 'Exit codes: 0 all hold; 1 one does not, or no promtool; 2 wrong options; 70 a bug.',
} as const satisfies Command;

/** Options of `npm run step -- <step>` that are no input of the step. */
export const STEP_OPTIONS = {
  cluster: { ...CLUSTER, doc: `${CLUSTER.doc} Its settings are the defaults of the inputs.` },
  ...CONNECTION,
  'ssh-key-dir': { value: 'folder', doc: 'Folder with ssh_key and ssh_known_hosts, instead of SSH_KEY_DIR.' },
} as const satisfies Command['options'];
