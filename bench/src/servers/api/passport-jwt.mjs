import express from 'express';
import { passportJwtSecret } from 'jwks-rsa';
import passport from 'passport';
import { ExtractJwt, Strategy } from 'passport-jwt';
import { audience, user } from '../../fixtures.mjs';

/** What its documentation shows, and the algorithms of the others. */
export function optionsFor(issuer) {
  return {
    secretOrKeyProvider: passportJwtSecret({ jwksUri: `${issuer}/jwks`, cache: true, rateLimit: true }),
    jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
    issuer,
    audience,
    algorithms: ['RS256', 'ES256'],
  };
}

export function app({ issuer }) {
  passport.use(new Strategy(optionsFor(issuer), (claims, done) => done(null, claims)));
  return express().get('/me', passport.authenticate('jwt', { session: false }), (req, res) =>
    res.json({ ...user, sub: req.user.sub }),
  );
}
