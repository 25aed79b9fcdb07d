// One machine of an application: a process of its own, on the packages as they are published. Its settings come as the
// one argument; it tells its port when it listens.
import express from 'express';
import { oidc, requireLogin } from '@latchkey/express';
import { RedisSessionStore } from '@latchkey/redis';

const { redis, session, ...options } = JSON.parse(process.argv[2]);
const store = new RedisSessionStore(redis);
const auth = oidc({ ...options, session: { ...session, store } });

const app = express();
app.use(auth);
const view = ({ oidc: { session: found } }) =>
  found && { id: found.record.id, sub: found.sub, sid: found.sid, createdAt: found.createdAt.getTime() };
app.get('/who', (req, res) => void res.json(view(req) ?? null));
app.get('/private', requireLogin(), (req, res) => void res.json(view(req)));
app.get('/token', requireLogin(), async (req, res) => {
  const token = await req.oidc.accessToken({ minValidity: Number(req.query.minValidity ?? 1) });
  res.json({ ...view(req), token: token.length });
});
app.post('/end-others', requireLogin(), async (req, res) => void res.json({ ended: await req.oidc.endOthers() }));
app.use((error, _req, res, _next) => {
  if (!error.status || error.status >= 500) console.error(error);
  res
    .status(error.status ?? 500)
    .set(error.headers ?? {})
    .json({ error: error.code ?? String(error) });
});

const server = app.listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port, metadata: auth.client.metadata() });
});
// Whoever started it is gone: nobody needs it any more.
process.once('disconnect', () => process.exit());
