// prober.mjs RESULT-FILE URL...
// Asks the URLs in turn, ten times a second, each request on a connection of its own. Writes {"asked", "failed", "failures"} to
// the file every second. An answer other than 200 within 3 s is a failure.
import { writeFileSync } from 'node:fs';
import { get } from 'node:http';

const [file, ...urls] = process.argv.slice(2);
const MOST_FAILURES = 20;
const result = { asked: 0, failed: 0, failures: [] };

function ask(url) {
  result.asked += 1;
  const fail = (why) => {
    result.failed += 1;
    if (result.failures.length < MOST_FAILURES) result.failures.push(`${new Date().toISOString()} ${url}: ${why}`);
  };
  const request = get(url, { agent: false, timeout: 3000 }, (response) => {
    response.resume();
    if (response.statusCode !== 200) fail(`HTTP ${response.statusCode}`);
  });
  request.on('timeout', () => request.destroy(new Error('no answer within 3 s')));
  request.on('error', (error) => fail(error.message));
}

let next = 0;
setInterval(() => ask(urls[next++ % urls.length]), 100);
setInterval(() => writeFileSync(file, JSON.stringify(result)), 1000);
