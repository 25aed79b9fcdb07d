import express from 'express';
import { requireToken } from '../../../../packages/express/dist/index.js';
import { audience, user } from '../../fixtures.mjs';

export function app({ issuer }) {
  return express().get('/me', requireToken({ issuer, audience }), (req, res) =>
    res.json({ ...user, sub: req.auth.claims.sub }),
  );
}
