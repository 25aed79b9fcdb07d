import { DeniedError, OidcError, type Session } from '@latchkey/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callOf, clientOf } from './calls.js';
import { channelOf } from './context/channel.js';

/** The session of the signed-in user; undefined where a handler is for everybody and nobody is signed in. */
export const OidcSession = createParamDecorator((_data: unknown, context: ExecutionContext) => sessionOf(context));

/** The signed-in user: the claims, or what `onLogin` made of them; undefined where nobody is signed in. */
export const CurrentUser = createParamDecorator(
  async (_data: unknown, context: ExecutionContext) => (await sessionOf(context))?.user,
);

async function sessionOf(context: ExecutionContext): Promise<Session | undefined> {
  const channel = channelOf(context);
  const call = callOf(channel.key);
  if (call?.session) return call.session;
  const client = clientOf(channel.key);
  if (!client) return undefined;
  try {
    return await channel.session(client);
  } catch (error) {
    if (error instanceof DeniedError && error.code === 'login_required') return undefined;
    throw error instanceof OidcError ? await channel.exceptionOf(error, client) : error;
  }
}
