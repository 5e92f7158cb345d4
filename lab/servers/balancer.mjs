// balancer.mjs ADDRESS:PORT BACKEND:PORT...: a TCP load balancer in front of the API servers, the cluster's
// controlPlaneEndpoint. Asks every backend once a second whether it accepts connections and uses those that do.
import net from 'node:net';

const [listen, ...backends] = process.argv.slice(2);
const accepting = new Set();
let turn = 0;

const address = (text) => ({
  host: text.slice(0, text.lastIndexOf(':')),
  port: Number(text.slice(text.lastIndexOf(':') + 1)),
});

function probe(backend) {
  const socket = net.connect(address(backend));
  socket.setTimeout(900, () => socket.destroy(new Error('timeout')));
  socket.on('connect', () => {
    accepting.add(backend);
    socket.end();
  });
  socket.on('error', () => accepting.delete(backend));
}

const probeAll = () => backends.forEach(probe);
setInterval(probeAll, 1000);
probeAll();

net
  .createServer((client) => {
    // With no backend known to accept, try one all the same: the refusal is then the backend's own.
    const candidates = accepting.size > 0 ? [...accepting] : backends;
    const server = net.connect(address(candidates[turn++ % candidates.length]));
    client.pipe(server).pipe(client);
    const close = () => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) socket.on('error', close).on('close', close);
  })
  .listen(address(listen));
