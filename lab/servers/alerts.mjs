// alerts.mjs ADDRESS PORT FILE
// Plays an Alertmanager and a Prometheus whose alerts another program controls. Every alert of FILE
// (a JSON list of label sets) fires. Every other question is answered with an empty result.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [address, port, file] = process.argv.slice(2);

const alertmanager = (labels, index) => ({
  labels,
  annotations: {},
  fingerprint: String(index),
  startsAt: '2026-01-01T00:00:00.000Z',
  endsAt: '2036-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  receivers: [{ name: 'none' }],
  status: { state: 'active', silencedBy: [], inhibitedBy: [], mutedBy: [] },
});
const prometheus = (labels) => ({
  labels,
  annotations: {},
  state: 'firing',
  activeAt: '2026-01-01T00:00:00Z',
  value: '1',
});

createServer((request, response) => {
  const alerts = JSON.parse(readFileSync(file, 'utf8'));
  const answers = {
    '/api/v2/alerts': alerts.map(alertmanager),
    '/api/v1/alerts': { status: 'success', data: { alerts: alerts.map(prometheus) } },
  };
  const nothing = { status: 'success', data: { resultType: 'vector', result: [] } };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(answers[request.url.split('?')[0]] ?? nothing));
}).listen(Number(port), address);
