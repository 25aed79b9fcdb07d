import {
  type NodeRequest,
  type ResourceDescription,
  resourceMetadata,
  resourceMetadataUrl,
  targetOf,
  type TokenOptions,
  TokenVerifier,
} from '@latchkey/core';
import type { NextFunction, Response } from 'express';

/** A handler that answers at one path, and leaves every other to the program. */
export type MetadataHandler = (req: NodeRequest, res: Response<unknown>, next: NextFunction) => void;

/** Seconds for which clients may keep it. */
const maxAge = 3600;

/**
 * Tells clients that do not know this API yet where to get tokens for it, where the challenges of `requireToken()` point
 * to when both have the same option `resource`. Mount it at the root, by `app.use()`.
 * [RFC 9728 section 3](https://www.rfc-editor.org/rfc/rfc9728#section-3)
 * @param options as for `requireToken()`; `resource` is REQUIRED here
 * @param more what the metadata says beside what the options tell, such as `resource_name`
 * @throws ConfigurationError `invalid_option`
 * @example app.use(protectedResourceMetadata(options)).use('/api', requireToken(options))
 */
export function protectedResourceMetadata(
  options: TokenOptions & Required<Pick<TokenOptions, 'resource'>>,
  more?: ResourceDescription,
): MetadataHandler {
  const body = JSON.stringify(resourceMetadata(new TokenVerifier(options), more));
  const { pathname, search } = new URL(resourceMetadataUrl(options.resource));
  return (req, res, next) => {
    const [path, query] = partsOf(targetOf(req));
    const isHere = path === pathname && (search === '' || search === query);
    if (!isHere || (req.method !== 'GET' && req.method !== 'HEAD')) return next();
    res.set({ 'Cache-Control': `public, max-age=${maxAge}`, 'Access-Control-Allow-Origin': '*' });
    res.type('json').send(body);
  };
}

/** The path, and the query with its question mark. */
function partsOf(target: string): [path: string, query: string] {
  const at = target.indexOf('?');
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}
