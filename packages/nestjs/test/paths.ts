import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { background } from './app.js';

/**
 * Spellings of `/admin` and `/admin/list/1`. A guard that stood before the router, by path, would be passed by some of
 * them (CVE-2025-69211 and its like).
 */
export const spellings = [
  '/admin',
  '/%61dmin',
  '/%2561dmin',
  '/adm%69n',
  '//admin',
  '/admin/',
  '/admin//',
  '/ADMIN',
  '/Admin',
  '/admin;a=b',
  '/admin?a=b',
  '/admin%2F',
  '/admin%00',
  '/./admin',
  '/x/../admin',
  '/admin#a',
  '/admin/list/1',
  '/admin/%6Cist/1',
  '/admin/list/%2e%2e',
  '/admin/list/1/',
  '*admin',
];

/** So that more spellings lead to a handler. Fastify's types do not know the last one, which its router does. */
const routerOptions = {
  caseSensitive: false,
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  useSemicolonDelimiter: true,
};

/** Fastify as an application may set it up. */
export const lenient = { name: 'Fastify, lenient', adapter: () => new FastifyAdapter({ routerOptions }) };

/** The status and the body of a request for a path as it is, which a browser would tidy up. */
export function askAsIs(port: number, method: string, path: string): Promise<[status: number, text: string]> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, method, path, headers: background, agent: false }, (response) => {
      text(response).then((body) => resolve([response.statusCode ?? 0, body]), reject);
    });
    asked.on('error', reject).end();
  });
}
