// The limit of what a sealed cookie can do: opened in one go, sealed again only when that is due.
import { Buffer } from 'node:buffer';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import express from 'express';
import { secret, textOf, user } from '../fixtures.mjs';

const key = Buffer.from(hkdfSync('sha256', secret, '', 'session', 32));
const name = 'by-hand';
const life = 86_400_000;

function seal(session) {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const sealed = [iv, cipher.update(JSON.stringify(session)), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

function open(value) {
  const bytes = Buffer.from(value, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
    decipher.setAuthTag(bytes.subarray(-16));
    return JSON.parse(decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8'));
  } catch {
    return undefined; // too short, or none of ours
  }
}

function setCookie(res, session) {
  res.setHeader('Set-Cookie', `${name}=${seal({ ...session, usedAt: Date.now() })}; Path=/; HttpOnly; SameSite=Lax`);
}

function readSession(req, res, next) {
  const { cookie = '' } = req.headers;
  const session = cookie.startsWith(`${name}=`) ? open(cookie.slice(name.length + 1)) : undefined;
  const age = session ? Date.now() - session.usedAt : Infinity;
  if (age < life) req.session = session;
  if (age < life && age > 60_000) setCookie(res, session);
  next();
}

export function app() {
  return express()
    .use(readSession)
    .get('/login', (_req, res) => {
      setCookie(res, { user, idToken: textOf(900), accessToken: textOf(900) });
      res.redirect('/');
    })
    .get('/me', (req, res) => (req.session ? res.json(req.session.user) : res.status(401).json({})));
}
