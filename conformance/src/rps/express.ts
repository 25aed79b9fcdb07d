import { oidc, requireLogin } from '@latchkey/express';
import application from 'express';
import { TestServer } from '../../../packages/core/test/server.js';
import type { Rp } from './rp.js';

/** An Express application. */
export const express: Rp = {
  name: 'express',
  async start(options) {
    const server = await TestServer.start(() => undefined);
    const app = application();
    app.use(oidc({ ...options, baseUrl: server.url }));
    app.get('/me', requireLogin(), (req, res) => void res.json(req.oidc.user));
    app.get(['/', '/bye'], (_req, res) => void res.send('For everybody.'));
    server.handler = app;
    return { baseUrl: server.url, stop: () => server.stop() };
  },
};
