import express from 'express';
import { oidc, requireLogin } from '../../../packages/express/dist/index.js';
import { client, secret } from '../fixtures.mjs';

export function app({ baseUrl, issuer }, session = {}) {
  const middleware = oidc({
    issuer,
    baseUrl,
    clientId: client.id,
    clientSecret: client.secret,
    session: { secret, ...session },
    routes: { login: '/login', callback: '/callback' },
  });
  return express()
    .use(middleware)
    .get('/me', requireLogin(), (req, res) => res.json(req.oidc.user));
}
