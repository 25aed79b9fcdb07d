import { oidc, requireLogin } from '@latchkey/express';
import application from 'express';
import application4 from 'express4';
import { TestServer } from '../../../packages/core/test/server.js';
import type { Rp } from './rp.js';

/** An Express application, on either major. */
function rpOf(name: string, make: typeof application): Rp {
  return {
    name,
    async start(options) {
      const server = await TestServer.start(() => undefined);
      const app = make();
      app.use(oidc({ ...options, baseUrl: server.url }));
      app.get('/me', requireLogin(), (req, res) => void res.json(req.oidc.user));
      app.get(['/', '/bye'], (_req, res) => void res.send('For everybody.'));
      server.handler = app;
      return { baseUrl: server.url, stop: () => server.stop() };
    },
  };
}

export const express: Rp = rpOf('express', application);
export const express4: Rp = rpOf('express4', application4);
