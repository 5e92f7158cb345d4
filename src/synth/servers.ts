import type { StepContract } from '../contract/step-contract.ts';
import { formatLogins, loginKey, type LoginKind, type Server } from '../run/server-login.ts';
import { NAMESPACE } from './names.ts';
import type { ClusterSettings } from './settings.ts';

interface AskedServer {
  readonly server: Server;
  readonly url: string;
}

/** A webhook may have any address: it is a secret. */
const WEBHOOK = 'https://';

/** The servers that a step asks, by the inputs that it has. */
export function serversOf(
  { inputs, repository, chat, mountsWholeSecret }: StepContract,
  { packages, metrics, monitoring, notify, compatibility }: ClusterSettings,
): AskedServer[] {
  const { alerts, prometheusUrl } = monitoring ?? {};
  const alertServer = alerts?.source === 'alertmanager' ? 'alertmanager' : 'prometheus';
  const alertUrl = alertServer === 'alertmanager' ? alerts?.alertmanagerUrl : prometheusUrl;
  const asksPrometheus =
    mountsWholeSecret === true ||
    ('deprecatedApisSource' in inputs && compatibility.deprecatedApis.source === 'prometheus');
  const servers: readonly [Server, string | undefined][] = [
    ['repository', repository === true ? packages.repository : undefined],
    ['pushgateway', 'pushgatewayUrl' in inputs ? metrics?.pushgatewayUrl : undefined],
    [alertServer, 'alertUrl' in inputs && alerts?.source !== 'off' ? alertUrl : undefined],
    ['prometheus', asksPrometheus ? prometheusUrl : undefined],
    ['webhook', chat === true && (notify.slack || notify.webhook) ? WEBHOOK : undefined],
  ];
  return servers.flatMap(([server, url]) => (url === undefined ? [] : [{ server, url }]));
}

type Login = readonly [Server, LoginKind];

/** The logins that the settings ask for. */
function allLogins({
  packages,
  metrics,
  monitoring,
  notify,
}: Pick<ClusterSettings, 'packages' | 'metrics' | 'monitoring' | 'notify'>): readonly Login[] {
  const kinds: readonly Login[] = [
    ['repository', packages.repositoryLogin],
    ['prometheus', monitoring?.prometheusLogin ?? 'none'],
    ['alertmanager', monitoring?.alerts.alertmanagerLogin ?? 'none'],
    ['pushgateway', metrics?.pushgatewayLogin ?? 'none'],
    ['webhook', notify.webhook ? notify.webhookLogin : 'none'],
  ];
  return kinds.filter(([, kind]) => kind !== 'none');
}

/** `prometheus=basic`, for each server that wants a login. */
export const loginList = (settings: ClusterSettings): string[] =>
  allLogins(settings).map((login) => formatLogins([login]));

/** The keys of the Secret with logins. */
export const loginKeys = (settings: ClusterSettings): string[] =>
  allLogins(settings).map(([server]) => loginKey(server));

/** A step is given the logins of the servers that it asks, and no other. The doctor checks all of them. */
export function loginsOf(contract: StepContract, settings: ClusterSettings): readonly Login[] {
  const asked = new Set(serversOf(contract, settings).map(({ server }) => server));
  return allLogins(settings).filter(([server]) => contract.mountsWholeSecret === true || asked.has(server));
}

/** `ConfigMap k8s-upgrade/corporate-ca, key ca.crt`, for messages; undefined where the settings name none. */
export const bundleName = ({ certificateAuthorities: bundle }: ClusterSettings): string | undefined =>
  bundle === undefined ? undefined : `${bundle.kind} ${NAMESPACE}/${bundle.name}, key ${bundle.key}`;
