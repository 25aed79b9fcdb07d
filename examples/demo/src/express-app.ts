import { oidc, requireLogin } from '@latchkey/express';
import express, { type Request, type Response } from 'express';
import { type App, type AppOptions, AppView, assets, optionsOf, policy } from './app.js';

/** The app on Express: everything that has to do with signing in is `oidc()` and `requireLogin()`. */
export function createExpressApp(about: AppOptions): App {
  const options = optionsOf(about);
  const login = oidc(options);
  const view = new AppView(about, login.client);
  const show = (req: Request, res: Response): void => void res.send(view.page(req.oidc.session));

  const app = express().disable('x-powered-by').use(policy, assets, login);
  app.get('/', show);
  app.get('/me', requireLogin(), show);
  app.get('/news', (req, res) => void res.json(view.news(req.oidc.session, req.query)));
  app.use((_req, res) => void res.status(404).send(view.lost()));
  return view.app(app, options.clientSecret);
}
