// The limit: verified at once with a key imported once, remembered by the end of its signature, compared whole.
import { Buffer } from 'node:buffer';
import { createPublicKey, verify } from 'node:crypto';
import express from 'express';
import { audience, user } from '../../fixtures.mjs';

const most = 10_000;

export async function app({ issuer }) {
  const { keys } = await (await fetch(`${issuer}/jwks`)).json();
  const [{ alg, kid }] = keys;
  const key = { key: createPublicKey({ key: keys[0], format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  const verified = new Map();

  function read(token) {
    const [header, payload, signature] = token.split('.');
    const { alg: itsAlg, kid: itsKid, typ } = decode(header);
    if (itsAlg !== alg || itsKid !== kid || typ !== 'at+jwt') return undefined;
    const signed = Buffer.from(token.slice(0, header.length + payload.length + 1));
    if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) return undefined;
    const claims = decode(payload);
    return claims.iss === issuer && claims.aud === audience && typeof claims.exp === 'number' ? claims : undefined;
  }

  function claimsOf(token) {
    const end = token.slice(-24);
    const known = verified.get(end);
    if (known?.token === token) return known.claims;
    const claims = read(token);
    if (!claims) return undefined;
    if (verified.size >= most) verified.delete(verified.keys().next().value);
    verified.set(end, { token, claims });
    return claims;
  }

  function guard(req, res, next) {
    const { authorization = '' } = req.headers;
    const claims = authorization.startsWith('Bearer ') ? claimsOf(authorization.slice(7)) : undefined;
    if (!claims || claims.exp * 1000 <= Date.now()) return res.status(401).set('WWW-Authenticate', 'Bearer').json({});
    req.auth = claims;
    next();
  }
  return express().get('/me', guard, (req, res) => res.json({ ...user, sub: req.auth.sub }));
}

function decode(part) {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
