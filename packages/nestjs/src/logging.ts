import { type ClientRef, type Hooks, type OidcError, type OidcOptions, subscribe } from '@latchkey/core';
import { Logger } from '@nestjs/common';

const logger = new Logger('Latchkey');

/** Lets Nest's logger hear of every error that is answered; the program's own `onError` is asked after it. */
export function withLogging(options: OidcOptions): OidcOptions {
  const { hooks } = options;
  // What is no hook is for the client to refuse.
  if (hooks !== undefined && (!isObject(hooks) || !isHook(hooks.onError))) return options;
  const onError: Hooks['onError'] = (error, context) => {
    const { method, url } = context.request;
    logError(error, `${method} ${new URL(url).pathname}`);
    return hooks?.onError?.(error, context);
  };
  return { ...options, hooks: { ...hooks, onError } };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isHook(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}

/** Logs why a caller got no answer but an error, and where; that somebody has to sign in first is everyday. */
export function logError(error: OidcError, place?: string): void {
  const { cause } = error as { cause?: { code?: string; message?: string } };
  // An error that stands for another one has its message.
  const why = cause?.message === error.message ? cause.code : cause?.message;
  const where = place === undefined ? '' : `${place}: `;
  const text = `${where}${error.code}: ${error.message}${why ? ` Because: ${why}` : ''}`;
  if (error.status >= 500) logger.error(text);
  else if (error.status === 401) logger.debug(text);
  else logger.warn(text);
}

/** Logs what no answer to a caller tells of, until the function that it returns is called. */
export function logEvents(refs: readonly ClientRef[]): () => void {
  const isOurs = ({ client }: { client: ClientRef }): boolean =>
    refs.some(({ issuer, clientId }) => client.issuer === issuer && client.clientId === clientId);
  const ends = [
    subscribe('latchkey:logout', (event) => {
      if (isOurs(event) && 'code' in event) logger.warn(`Logout, ${words(event.type)}: ${event.code}`);
    }),
    subscribe('latchkey:token', (event) => {
      // A guard that refuses one says why, and to whom.
      if (isOurs(event) && 'code' in event && event.type !== 'access_token_refused')
        logger.warn(`Access token, ${words(event.type)}: ${event.code}`);
    }),
    subscribe('latchkey:provider', (event) => {
      if (isOurs(event) && 'code' in event) logger.error(`OP, ${words(event.type)}: ${event.endpoint}: ${event.code}`);
    }),
  ];
  return () => ends.forEach((end) => end());
}

function words(type: string): string {
  return type.replaceAll('_', ' ');
}
