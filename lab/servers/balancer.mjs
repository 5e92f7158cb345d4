// balancer.mjs ADDRESS:PORT BACKEND:PORT...: a TCP load balancer in front of the API servers, the cluster's
// controlPlaneEndpoint. Asks every backend once a second whether it is ready and uses those that are: an API server whose etcd
// restarts accepts connections, and answers none. After the second no its connections are cut, as HAProxy does by
// `on-marked-down shutdown-sessions`: a kubelet keeps one, and is NotReady before it gives that up.
import https from 'node:https';
import net from 'node:net';

const [listen, ...backends] = process.argv.slice(2);
const ready = new Set();
const noes = new Map();
const sessions = new Map(backends.map((backend) => [backend, new Set()]));
let turn = 0;

const address = (text) => ({
  host: text.slice(0, text.lastIndexOf(':')),
  port: Number(text.slice(text.lastIndexOf(':') + 1)),
});

/** /readyz needs no log-in. The certificate is not checked, because the request carries no secret. */
function probe(backend) {
  const options = { ...address(backend), path: '/readyz', rejectUnauthorized: false, timeout: 3000, agent: false };
  const request = https.get(options, (response) => {
    response.resume();
    if (response.statusCode === 200) yes(backend);
    else no(backend);
  });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('error', () => no(backend));
}

function yes(backend) {
  noes.set(backend, 0);
  ready.add(backend);
}

function no(backend) {
  noes.set(backend, (noes.get(backend) ?? 0) + 1);
  if (noes.get(backend) < 2) return;
  ready.delete(backend);
  // The only one is as good as any.
  if (ready.size > 0) for (const close of sessions.get(backend)) close();
}

const probeAll = () => backends.forEach(probe);
setInterval(probeAll, 1000);
probeAll();

net
  .createServer((client) => {
    // With no backend known to be ready, try one all the same: the refusal is then the backend's own.
    const candidates = ready.size > 0 ? [...ready] : backends;
    const backend = candidates[turn++ % candidates.length];
    const server = net.connect(address(backend));
    client.pipe(server).pipe(client);
    const close = () => {
      sessions.get(backend).delete(close);
      client.destroy();
      server.destroy();
    };
    sessions.get(backend).add(close);
    for (const socket of [client, server]) socket.on('error', close).on('close', close);
  })
  .listen(address(listen));
