// It has no PKCE.
import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-openidconnect';
import { client, secret, user } from '../fixtures.mjs';

export function app({ baseUrl, issuer }) {
  const strategy = new Strategy(
    {
      issuer,
      authorizationURL: `${issuer}/authorize`,
      tokenURL: `${issuer}/token`,
      clientID: client.id,
      clientSecret: client.secret,
      callbackURL: `${baseUrl}/callback`,
      scope: ['profile', 'email'],
      skipUserProfile: true,
    },
    // It hands on what it knows of the ID token, which is less than the others give.
    (_issuer, profile, _context, idToken, accessToken, _refreshToken, done) =>
      done(null, { user: { ...user, sub: profile.id }, idToken, accessToken }),
  );
  passport.use('openidconnect', strategy);
  passport.serializeUser((signedIn, done) => done(null, signedIn));
  passport.deserializeUser((signedIn, done) => done(null, signedIn));
  const authenticate = passport.authenticate('openidconnect', { successRedirect: '/' });
  return express()
    .use(session({ secret, resave: false, saveUninitialized: false }))
    .use(passport.session())
    .get('/login', authenticate)
    .get('/callback', authenticate)
    .get('/me', (req, res) => (req.isAuthenticated() ? res.json(req.user.user) : res.status(401).json({})));
}
