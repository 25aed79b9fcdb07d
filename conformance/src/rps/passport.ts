import { OidcStrategy } from '@latchkey/passport';
import application, { type RequestHandler } from 'express';
import session from 'express-session';
import passports from 'passport';
import { TestServer } from '../../../packages/core/test/server.js';
import type { Rp } from './rp.js';

const secret = 'a secret of forty bytes, for these tests alone';

/** An Express application with passport, which keeps users in sessions of ours alone, or in its own as well. */
function rpOf(
  name: string,
  keepLogins = (_app: application.Express, _passport: passports.Authenticator): void => {},
): Rp {
  return {
    name,
    async start(options) {
      const server = await TestServer.start(() => undefined);
      const app = application();
      const passport = new passports.Passport();
      const strategy = new OidcStrategy({ ...options, baseUrl: server.url }, ({ user }) => user);
      passport.use(strategy);
      keepLogins(app, passport);
      app.use(strategy.middleware());
      const signedIn = passport.authenticate('oidc', { failWithError: true }) as RequestHandler;
      app.get('/me', signedIn, (req, res) => void res.json(req.user));
      app.get(['/', '/bye'], (_req, res) => void res.send('For everybody.'));
      app.use(strategy.errorHandler());
      server.handler = app;
      return { baseUrl: server.url, stop: () => server.stop() };
    },
  };
}

export const passport: readonly Rp[] = [
  rpOf('passport'),
  rpOf('passport with express-session', (app, passport) => {
    app.use(session({ secret, resave: false, saveUninitialized: false }));
    app.use(passport.session());
    passport.serializeUser((user, done) => done(null, user));
    passport.deserializeUser((user: Express.User, done) => done(null, user));
  }),
];
