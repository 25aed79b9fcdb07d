import { Dispatcher } from 'undici';
import { leastMetadata } from './op.js';

/** Where it would be, if it were anywhere. */
export const instantIssuer = 'https://op.example';

/**
 * An OP without a network, for tests that run through thousands of orders: it answers at once, rotates refresh tokens,
 * and knows which were given back. Every session has a line of tokens, `refresh <line> <generation>`.
 */
export class InstantOp extends Dispatcher {
  /** The newest generation of each line of refresh tokens. */
  readonly newest = new Map<string, number>();
  /** The refresh tokens that were given back. */
  readonly revoked = new Set<string>();

  override dispatch({ path, body }: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const [status, answer] = this.#answer(path, new URLSearchParams(typeof body === 'string' ? body : ''));
    const controller = { abort: () => undefined } as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, undefined);
    handler.onResponseStart?.(controller, status, { 'content-type': 'application/json' });
    handler.onResponseData?.(controller, Buffer.from(JSON.stringify(answer)));
    handler.onResponseEnd?.(controller, {});
    return true;
  }

  #answer(path: string, form: URLSearchParams): [status: number, answer: object] {
    if (path.endsWith('/openid-configuration'))
      return [200, { ...leastMetadata(instantIssuer), revocation_endpoint: `${instantIssuer}/revoke` }];
    if (path === '/revoke') {
      this.revoked.add(form.get('token') ?? '');
      return [200, {}];
    }
    const used = form.get('refresh_token') ?? '';
    const [, line = '', generation] = used.split(' ');
    if (path !== '/token' || this.revoked.has(used) || this.newest.get(line) !== Number(generation))
      return [400, { error: 'invalid_grant' }];
    const next = Number(generation) + 1;
    this.newest.set(line, next);
    return [200, { ...tokensOf(line, next), expires_in: 86_400 }];
  }
}

/** The tokens of a generation, as a token response has them; the first live for five minutes. */
export function tokensOf(line: string, generation: number): Record<string, string | number> {
  return {
    access_token: `access ${line} ${generation}`,
    refresh_token: `refresh ${line} ${generation}`,
    token_type: 'Bearer',
    expires_in: 300,
  };
}
