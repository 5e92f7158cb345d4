/**
 * The promises of the port against a real Pushgateway; see CONTRIBUTING. Needs LAB_PUSHGATEWAY_URL of one that nothing
 * else pushes to: it is emptied. `lab/tools.sh pushgateway` builds one.
 */
import { systemClock } from '../../../src/steps/adapters/clock.ts';
import { pushgateway } from '../../../src/steps/adapters/pushgateway.ts';
import { emptyPushgateway, readPushgateway } from '../../support/fakes/pushgateway.ts';
import { describeGauges } from './gauges.suite.ts';

const url = process.env['LAB_PUSHGATEWAY_URL'];
if (url === undefined || url === '') throw new Error('set LAB_PUSHGATEWAY_URL');

describeGauges('a real Pushgateway', async () => {
  await emptyPushgateway(url, ['prod', 'test']);
  const log = (line: string): void => {
    throw new Error(line);
  };
  return {
    gauges: pushgateway({ url, cluster: 'prod', clock: systemClock(), log }),
    other: pushgateway({ url, cluster: 'test', clock: systemClock(), log }),
    read: () => readPushgateway(url, 'prod'),
    readOther: () => readPushgateway(url, 'test'),
    forget: () => emptyPushgateway(url, ['prod', 'test']),
    end: () => emptyPushgateway(url, ['prod', 'test']),
  };
});
