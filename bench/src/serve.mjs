// One server as a process of its own: `node serve.mjs <a file in servers/> <issuer>`. Tells its URL, and its CPU time when
// asked; a clock that is told to be ahead is ahead for whatever was loaded.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';

const [file, issuer] = process.argv.slice(2);
const server = createServer();
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const baseUrl = `http://127.0.0.1:${server.address().port}`;
const { app } = await import(`./servers/${file}.mjs`);
server.on('request', await app({ baseUrl, issuer }));
process.on('message', ({ ahead }) => {
  if (ahead !== undefined) setAhead(ahead);
  process.send(process.cpuUsage());
});
process.on('disconnect', () => process.exit());
process.send({ url: baseUrl });

function setAhead(ms) {
  const [wall, uptime] = [Date.now.bind(Date), performance.now.bind(performance)];
  Date.now = () => wall() + ms;
  performance.now = () => uptime() + ms;
}
