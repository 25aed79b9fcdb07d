import { behavesAsAll } from '../../core/test/behaviour.js';
import { App, majors, pages } from '../test/app.js';
import { requireLogin } from './index.js';

describe.each(majors)('$name', ({ express }) => {
  behavesAsAll(async (op, options) => {
    const { url, auth } = await App.start(op, express, options, (program, middleware) => {
      program.use(middleware);
      pages(program);
      program.post('/orders', requireLogin(), (req, res) => void res.json({ by: req.oidc.user.sub }));
    });
    return { url, pages: url, client: auth.client };
  });
});
