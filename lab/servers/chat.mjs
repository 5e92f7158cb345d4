// chat.mjs ADDRESS PORT FILE
// Plays the incoming webhook of Slack and a webhook of the operator. Each post is a line of FILE: {path, body}.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [address, port, file] = process.argv.slice(2);

createServer(async (request, response) => {
  if (request.method === 'POST') {
    const body = JSON.parse(Buffer.concat(await Array.fromAsync(request)).toString('utf8'));
    appendFileSync(file, `${JSON.stringify({ path: request.url, body })}\n`);
  }
  response.end('ok');
}).listen(Number(port), address);
