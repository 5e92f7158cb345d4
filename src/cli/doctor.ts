// Whether everything that the pipeline needs is there and allowed: `npm run doctor -- --cluster prod`, `npm run doctor -- --help`.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT } from '../contract/exit-code.ts';
import { askMonitoring, dataIn } from '../steps/adapters/monitoring-http.ts';
import { knownHostsFile } from '../steps/adapters/known-hosts-file.ts';
import { prometheusSeries } from '../steps/adapters/prometheus.ts';
import { reading } from '../steps/adapters/reading.ts';
import { sshRemote } from '../steps/adapters/ssh.ts';
import { detect } from '../steps/catalog.ts';
import { connectCluster, SOON } from '../steps/harness/connect.ts';
import type { Tools } from '../steps/harness/run-step.ts';
import { Secret } from '../steps/harness/secret.ts';
import type { HostKeys } from '../steps/ports/remote.ts';
import type { ClusterSettings } from '../synth/settings.ts';
import { isIll } from './doctor/ailment.ts';
import { look, type DoctorWorld } from './doctor/look.ts';
import { show } from './doctor/show.ts';
import { paintFor } from './paint.ts';
import { isInside, learnedForNow } from './plan/world.ts';
import { asProgram, end, endOf, fileOf, type Streams } from './program.ts';
import { inputsOf, settingsFor, type Env } from './settings.ts';

/** Something is not well: what it is, and what to do, has been said. */
export const ILL = 10;

const HELP = `npm run doctor -- --cluster <name> [--json] [--<flag> <value>]…

Whether everything that the pipeline needs is there and allowed. It changes nothing, and sends nothing to anybody. Who asks
needs to create subjectaccessreviews and to read the Secret of the pipeline.

  --cluster <name>
      File in clusters/ (or a path) with the settings of the cluster.
  --kubeconfig <file>
      Instead of KUBECONFIG.
  --ssh-key <file>
      Private key for the nodes, instead of the one in the Secret.
  --known-hosts <file>
      Host keys of the nodes, instead of those in the Secret, where ssh.hostKeys is strict.
  --prometheus-url <url>
      The Prometheus of the cluster as it can be reached from here (kubectl port-forward).
  --pushgateway-url <url>
      The Pushgateway, likewise.
  --json
      For a program, on stdout.

Exit codes: 0 all that was looked at is well; ${ILL} something is missing, or cannot be seen. Otherwise there is no answer:
2 wrong flags or settings, 75 somebody did not answer, 77 something may not be read, 70 a bug.
`;

const text = { type: 'string' } as const;
const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  ...{ cluster: text, kubeconfig: text },
  ...{ 'ssh-key': text, 'known-hosts': text, 'prometheus-url': text, 'pushgateway-url': text },
} as const;

/** The exit code, once it has been said what there is to say. */
export async function doctor(args: string[], env: Env, { out, err }: Streams, signal: AbortSignal): Promise<number> {
  try {
    const { values: flags } = parseArgs({ args, options: OPTIONS, strict: true });
    if (flags.help === true) return end(HELP, EXIT.Done, out);
    if (flags.cluster === undefined)
      return end(`--cluster: saw nothing, expected a name.\n\n${HELP}`, EXIT.BadInput, err);
    if (flags.kubeconfig !== undefined) process.env['KUBECONFIG'] = flags.kubeconfig;
    const paint = paintFor(process.stderr, env);
    const log = (line: string): void => {
      err(`${paint('dim', line)}\n`);
    };
    const settings = settingsFor(flags.cluster);
    const lines = await look(connectDoctor(settings, flags, { log, signal, sayAtEnd: () => undefined }), settings);
    out(flags.json === true ? `${JSON.stringify(lines, null, 2)}\n` : show(lines, paintFor(process.stdout, env)));
    return lines.some(isIll) ? ILL : EXIT.Done;
  } catch (error) {
    return endOf('doctor', error, err);
  }
}

type Flags = Readonly<Partial<Record<'ssh-key' | 'known-hosts' | 'prometheus-url' | 'pushgateway-url', string>>>;
const PATIENCE_SECONDS = 20;

function connectDoctor(settings: ClusterSettings, flags: Flags, tools: Tools): DoctorWorld {
  const { checkup, cluster, clock, hostKeys } = connectCluster(inputsOf(detect, settings, {}), tools, PATIENCE_SECONDS);
  const prometheusUrl = flags['prometheus-url'] ?? settings.monitoring?.prometheusUrl;
  const pushgatewayUrl = flags['pushgateway-url'] ?? settings.metrics?.pushgatewayUrl;
  const http = { clock, ...tools, ...SOON };
  return {
    ...{ cluster, checkup, log: tools.log },
    remote: (secret) => remoteWith(settings, flags, secret, hostKeys, tools),
    prometheus: reached(prometheusUrl, (url) => prometheusSeries({ url, ...http })),
    pushgateway: reached(pushgatewayUrl, (url) => () => reading(pushgatewayStatus(url, http))),
  };
}

const reached = <T>(url: string | undefined, connect: (url: string) => T): T | 'not-reached' | undefined =>
  url === undefined ? undefined : isInside(url) ? 'not-reached' : connect(url);

/** https://github.com/prometheus/pushgateway#query-api */
async function pushgatewayStatus(
  url: string,
  http: Omit<Parameters<typeof askMonitoring>[0], 'url'>,
): Promise<unknown> {
  const who = `Pushgateway ${url}`;
  const { build_information: build } = dataIn(
    await askMonitoring({ url, ...http }, '/api/v1/status', { what: `ask ${who} how it is`, who }),
    who,
  );
  return build;
}

function remoteWith(
  { ssh }: ClusterSettings,
  flags: Flags,
  secret: ReadonlyMap<string, string> | undefined,
  kept: HostKeys,
  { log, signal }: Tools,
) {
  const [keyFile, hostsFile] = [flags['ssh-key'], flags['known-hosts']];
  const key = keyFile === undefined ? secret?.get('ssh_key') : fileOf('--ssh-key', keyFile);
  const known = hostsFile === undefined ? secret?.get('ssh_known_hosts') : fileOf('--known-hosts', hostsFile);
  if (key === undefined) return undefined;
  const { user, port, connectTimeoutSeconds } = ssh;
  return sshRemote({
    ...{ user, port, connectTimeoutSeconds, signal, privateKey: new Secret(key) },
    hostKeys:
      ssh.hostKeys === 'strict'
        ? knownHostsFile(known ?? '', { place: hostsFile ?? 'ssh_known_hosts', port, log })
        : learnedForNow(kept),
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await asProgram(doctor);
