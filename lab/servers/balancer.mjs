// balancer.mjs ADDRESS:PORT BACKEND:PORT...: a TCP load balancer in front of the API servers, the cluster's
// controlPlaneEndpoint. Asks every backend once a second whether it is ready and uses those that are: an API server whose etcd
// restarts accepts connections, and answers none.
import https from 'node:https';
import net from 'node:net';

const [listen, ...backends] = process.argv.slice(2);
const ready = new Set();
let turn = 0;

const address = (text) => ({
  host: text.slice(0, text.lastIndexOf(':')),
  port: Number(text.slice(text.lastIndexOf(':') + 1)),
});

/** Anybody may ask for /readyz; whom the certificate names is not asked, since nothing is told. */
function probe(backend) {
  const options = { ...address(backend), path: '/readyz', rejectUnauthorized: false, timeout: 3000, agent: false };
  const request = https.get(options, (response) => {
    response.resume();
    if (response.statusCode === 200) ready.add(backend);
    else ready.delete(backend);
  });
  request.on('timeout', () => request.destroy(new Error('timeout')));
  request.on('error', () => ready.delete(backend));
}

const probeAll = () => backends.forEach(probe);
setInterval(probeAll, 1000);
probeAll();

net
  .createServer((client) => {
    // With no backend known to be ready, try one all the same: the refusal is then the backend's own.
    const candidates = ready.size > 0 ? [...ready] : backends;
    const server = net.connect(address(candidates[turn++ % candidates.length]));
    client.pipe(server).pipe(client);
    const close = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', close).on('close', close);
  })
  .listen(address(listen));
