import type { StepContract } from '../contract/step-contract.ts';
import type { LoginKind, Server } from '../run/server-login.ts';
import type { ClusterSettings } from './settings.ts';

interface Asked {
  readonly server: Server;
  readonly url: string;
}

/** A webhook may have any address: it is a secret. */
const WEBHOOK = 'https://';

/** The servers that a step asks, by the inputs that it has. */
export function serversOf(
  { inputs, repository, chat, looksAtSecret }: StepContract,
  { packages, metrics, monitoring, notify, compatibility }: ClusterSettings,
): Asked[] {
  const { alerts, prometheusUrl } = monitoring ?? {};
  const alertServer = alerts?.source === 'alertmanager' ? 'alertmanager' : 'prometheus';
  const alertUrl = alertServer === 'alertmanager' ? alerts?.alertmanagerUrl : prometheusUrl;
  const asksPrometheus =
    looksAtSecret === true ||
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

/** How each server wants a login. */
export const loginKinds = ({
  packages,
  metrics,
  monitoring,
  notify,
}: Pick<ClusterSettings, 'packages' | 'metrics' | 'monitoring' | 'notify'>): Readonly<Record<Server, LoginKind>> => ({
  repository: packages.repositoryLogin,
  prometheus: monitoring?.prometheusLogin ?? 'none',
  alertmanager: monitoring?.alerts.alertmanagerLogin ?? 'none',
  pushgateway: metrics?.pushgatewayLogin ?? 'none',
  webhook: notify.webhook ? notify.webhookLogin : 'none',
});
