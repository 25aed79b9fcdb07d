import { protectedResourceMetadata, requireScope, requireToken } from '@latchkey/express';
import express, { type Express } from 'express';

/** Where the API is reached, which is also what it is called in tokens, and who issues them. */
export interface ApiOptions {
  readonly url: string;
  readonly issuer: string;
}

/** An API that keeps a list of orders for everybody whose token it takes. */
export function createApi({ url, issuer }: ApiOptions): Express {
  const token = { issuer, audience: url, resource: url };
  const orders = new Map<string, readonly string[]>();
  const of = (sub: string | undefined): readonly string[] => orders.get(sub ?? '') ?? [];

  const api = express().disable('x-powered-by');
  api.use(
    protectedResourceMetadata(token, { resource_name: 'Orders', scopes_supported: ['orders:read', 'orders:write'] }),
  );
  api.use('/orders', requireToken(token), express.json());
  api.get('/orders', requireScope('orders:read'), ({ auth }, res) => void res.json(of(auth.sub)));
  api.post('/orders', requireScope('orders:write'), ({ auth, body }, res) => {
    const { item } = Object(body) as { item?: unknown };
    orders.set(auth.sub ?? '', [...of(auth.sub), String(item)]);
    res.status(201).json(of(auth.sub));
  });
  return api;
}
