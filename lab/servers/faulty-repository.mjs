// faulty-repository.mjs ADDRESS PORT GOOD_BASE_URL
// A package repository in every state that one may be met in: the first part of the path says which.
// - /redirects/…  three redirects, the last to the good repository on another port
// - /endless/…    a redirect to itself
// - /empty/…      200 and nothing
// - /garbage/…    200 and a page for people
// - /broken/…     500
// - /others/…     packages, but no kubeadm
// - /ordering/…   versions that sort differently as text, two revisions of one, and a pre-release
import { createServer } from 'node:http';

const [address, port, good] = process.argv.slice(2);

const stanza = (name, version) =>
  `Package: ${name}\nVersion: ${version}\nArchitecture: amd64\nFilename: amd64/${name}_${version}_amd64.deb\n`;
const packages = (...all) => all.map(([name, version]) => stanza(name, version)).join('\n');

const send = (response, status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
const redirect = (response, location) => response.writeHead(302, { location }).end();

const states = {
  redirects: (rest, response) => {
    const [, left = '3', path] = /^(?:hop-(\d)\/)?(.*)$/.exec(rest);
    redirect(response, left === '1' ? `${good}/${path}` : `/redirects/hop-${Number(left) - 1}/${path}`);
  },
  endless: (rest, response) => redirect(response, `/endless/${rest}`),
  empty: (_, response) => send(response, 200, 'text/plain', ''),
  garbage: (_, response) => send(response, 200, 'text/html', '<html><body>Please log in.</body></html>'),
  broken: (_, response) => send(response, 500, 'text/plain', 'out of order'),
  others: (_, response) =>
    send(response, 200, 'text/plain', packages(['cri-tools', '1.33.0-1.1'], ['kubelet', '1.33.14-1.1'])),
  ordering: (rest, response) =>
    rest.startsWith('v1.33/')
      ? send(
          response,
          200,
          'text/plain',
          packages(
            ['kubeadm', '1.33.9-1.1'],
            ['kubeadm', '1.33.14-2.1'],
            ['kubeadm', '1.33.14-1.1'],
            ['kubeadm', '1.33.15~rc.1-1.1'],
            ['kubeadm', '1.33.13-1.1'],
          ),
        )
      : send(response, 404, 'text/plain', 'not found'),
};

createServer((request, response) => {
  const [, state, rest] = /^\/([a-z]+)\/(.*)$/.exec(request.url) ?? [];
  if (states[state]) states[state](rest, response);
  else send(response, 404, 'text/plain', 'not found');
}).listen(Number(port), address);
