// It fetches no keys: it is given the one that there is at the start, and no other would ever be taken. So it need not wait.
import { createPublicKey } from 'node:crypto';
import express from 'express';
import { createVerifier } from 'fast-jwt';
import { audience, user } from '../../fixtures.mjs';

export async function app({ issuer }, cache = false) {
  const { keys } = await (await fetch(`${issuer}/jwks`)).json();
  const verify = createVerifier({
    key: createPublicKey({ key: keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' }),
    algorithms: [keys[0].alg],
    allowedIss: issuer,
    allowedAud: audience,
    checkTyp: 'at+jwt',
    requiredClaims: ['iss', 'aud', 'exp', 'sub'],
    cache,
  });
  function guard(req, res, next) {
    const [, token] = /^Bearer ([^ ]+)$/i.exec(req.headers.authorization ?? '') ?? [];
    try {
      req.auth = verify(token);
    } catch {
      return res.status(401).set('WWW-Authenticate', 'Bearer').json({});
    }
    next();
  }
  return express().get('/me', guard, (req, res) => res.json({ ...user, sub: req.auth.sub }));
}
