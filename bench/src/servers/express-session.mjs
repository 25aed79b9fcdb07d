// Sessions alone, no OpenID Connect: whoever asks is signed in.
import express from 'express';
import session from 'express-session';
import { secret, textOf, user } from '../fixtures.mjs';

export function app() {
  return express()
    .use(session({ secret, resave: false, saveUninitialized: false }))
    .get('/login', (req, res) => {
      Object.assign(req.session, { user, idToken: textOf(900), accessToken: textOf(900) });
      res.redirect('/');
    })
    .get('/me', (req, res) => (req.session.user ? res.json(req.session.user) : res.status(401).json({})));
}
