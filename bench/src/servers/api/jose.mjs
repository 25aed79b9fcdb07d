// What people write by hand on jose.
import express from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { audience, user } from '../../fixtures.mjs';

export function app({ issuer }) {
  const keys = createRemoteJWKSet(new URL(`${issuer}/jwks`));
  const options = { issuer, audience, algorithms: ['RS256', 'ES256'], typ: 'at+jwt', requiredClaims: ['exp', 'sub'] };
  async function guard(req, res, next) {
    const [, token] = /^Bearer ([^ ]+)$/i.exec(req.headers.authorization ?? '') ?? [];
    try {
      req.auth = (await jwtVerify(token, keys, options)).payload;
    } catch {
      return res.status(401).set('WWW-Authenticate', 'Bearer').json({});
    }
    next();
  }
  return express().get('/me', guard, (req, res) => res.json({ ...user, sub: req.auth.sub }));
}
