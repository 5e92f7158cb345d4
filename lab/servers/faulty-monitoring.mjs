// faulty-monitoring.mjs ADDRESS PORT GOOD_BASE_URL
// A Prometheus in every state that one may be met in: the first part of the path says which.
// - /slow/…      answers after a minute
// - /html/…      200 and a page for people, as a proxy with a login has it
// - /partial/…   half of the good one's answer
// - /warned/…    the good one's answer, and that it is not the whole of it
// - /broken/…    500
// - /recovering/…  500 for the first 20 s that it is asked, then the good one's answer
import { createServer } from 'node:http';

const [address, port, good] = process.argv.slice(2);

const send = (response, status, type, body) => response.writeHead(status, { 'content-type': type }).end(body);
const json = (response, body) => send(response, 200, 'application/json', body);
const goodAnswer = async (rest) => (await fetch(`${good}/${rest}`)).text();

let firstAsked;
const states = {
  slow: (_, response) => setTimeout(() => json(response, '{"status":"success","data":{"alerts":[]}}'), 60_000),
  html: (_, response) => send(response, 200, 'text/html', '<html><body>Please log in.</body></html>'),
  partial: async (rest, response) => {
    const whole = await goodAnswer(rest);
    json(response, whole.slice(0, Math.floor(whole.length / 2)));
  },
  warned: async (rest, response) => {
    const whole = JSON.parse(await goodAnswer(rest));
    json(response, JSON.stringify({ ...whole, warnings: ['one of two stores did not answer'] }));
  },
  broken: (_, response) => send(response, 500, 'text/plain', 'out of order'),
  recovering: async (rest, response) => {
    firstAsked ??= Date.now();
    if (Date.now() - firstAsked < 20_000) states.broken(rest, response);
    else json(response, await goodAnswer(rest));
  },
};

createServer((request, response) => {
  const [, state, rest] = /^\/([a-z]+)\/(.*)$/.exec(request.url) ?? [];
  if (states[state]) void states[state](rest, response);
  else send(response, 404, 'text/plain', 'not found');
}).listen(Number(port), address);
