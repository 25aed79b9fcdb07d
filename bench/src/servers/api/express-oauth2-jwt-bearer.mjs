import express from 'express';
import { auth } from 'express-oauth2-jwt-bearer';
import { audience, user } from '../../fixtures.mjs';

export function app({ issuer }) {
  return express().get('/me', auth({ issuerBaseURL: issuer, audience }), (req, res) =>
    res.json({ ...user, sub: req.auth.payload.sub }),
  );
}
