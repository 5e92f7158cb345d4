import type { GatewayPort } from '../ports/checkup.ts';
import { askMonitoring, dataIn, type MonitoringOptions } from './monitoring-http.ts';
import { reading } from './reading.ts';

/** https://github.com/prometheus/pushgateway#query-api */
export const pushgatewayCheck = (options: MonitoringOptions): GatewayPort => ({
  isPushgateway: () => reading(hasBuild(options)),
});

async function hasBuild(options: MonitoringOptions): Promise<boolean> {
  const who = `Pushgateway ${options.url}`;
  const answer = await askMonitoring(options, '/api/v1/status', { what: `ask ${who} how it is`, who });
  return dataIn(answer, who)['build_information'] !== undefined;
}
