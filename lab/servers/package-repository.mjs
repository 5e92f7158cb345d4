// package-repository.mjs ADDRESS FOLDER: a package repository that behaves like the public one.
// - :8080  answers every request with a 302 to the other host, as pkgs.k8s.io does
// - :8081  serves the files of FOLDER/current, a link that publish.sh swaps in one go; 404 for what is not there
// One line per request on stdout: time, port, client, method, path, status.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';

const [address, folder] = process.argv.slice(2);
const REDIRECT_PORT = 8080;
const FILES_PORT = 8081;

function serve(port, answer) {
  http
    .createServer((request, response) => {
      response.on('close', () =>
        console.log(
          new Date().toISOString(),
          port,
          request.socket.remoteAddress,
          request.method,
          request.url,
          response.statusCode,
        ),
      );
      answer(request, response);
    })
    .listen(port, address);
}

/** The file that the URL names below FOLDER/current, or undefined. What cannot be read as a path is not there either. */
function tryFile(url) {
  try {
    const root = fs.realpathSync(path.join(folder, 'current'));
    const file = path.join(root, decodeURIComponent(new URL(url, 'http://lab').pathname));
    return file.startsWith(root + path.sep) && fs.statSync(file).isFile() ? file : undefined;
  } catch {
    return undefined;
  }
}

serve(REDIRECT_PORT, (request, response) => {
  response.writeHead(302, { Location: `http://${address}:${FILES_PORT}${request.url}` }).end();
});

serve(FILES_PORT, (request, response) => {
  const file = tryFile(request.url);
  if (!file) return response.writeHead(404).end('not found\n');
  const { size, mtime } = fs.statSync(file);
  // apt asks "modified since?" and keeps its copy on 304. Seconds, as HTTP dates have.
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  if (since >= Math.floor(mtime.getTime() / 1000) * 1000) return response.writeHead(304).end();
  response.writeHead(200, { 'Content-Length': size, 'Last-Modified': mtime.toUTCString() });
  if (request.method === 'HEAD') return response.end();
  fs.createReadStream(file).pipe(response);
});
