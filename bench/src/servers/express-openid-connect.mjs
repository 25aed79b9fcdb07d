// With the cookie that it keeps sessions in by default.
import express from 'express';
import openid from 'express-openid-connect';
import { client, secret } from '../fixtures.mjs';

export function app({ baseUrl, issuer }, session = {}) {
  const middleware = openid.auth({
    issuerBaseURL: issuer,
    baseURL: baseUrl,
    clientID: client.id,
    clientSecret: client.secret,
    secret,
    authRequired: false,
    authorizationParams: { response_type: 'code', scope: 'openid profile email' },
    session,
  });
  return express()
    .use(middleware)
    .get('/me', openid.requiresAuth(), (req, res) => res.json(req.oidc.user));
}
