import { DeniedError, type OidcClient, OidcError, type Session } from '@latchkey/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callOf, passOf } from './calls.js';
import { type Channel, channelOf } from './context/channel.js';
import { rulesOf } from './rules.js';

/** The session of the signed-in user; undefined where nobody is signed in. */
export const OidcSession = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  ask(context, (session) => session),
);

/**
 * The signed-in user, the claims or what `onLogin` made of them, or the member of it that is named; undefined where
 * nobody is signed in. Asking for it makes the answer private.
 */
export const CurrentUser = createParamDecorator((member: string | undefined, context: ExecutionContext) =>
  ask(context, (session) => {
    const user = session?.user as Readonly<Record<string, unknown>> | undefined;
    return member === undefined ? user : user && Object.hasOwn(user, member) ? user[member] : undefined;
  }),
);

/** An access token that lives for 30 more seconds, refreshed first when it does not; undefined where nobody is signed in. */
export const AccessToken = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  ask(context, (session) => session?.accessToken()),
);

/** Asks who calls, also where no guard did, and answers as a guard would when that cannot be told. */
async function ask<T>(context: ExecutionContext, what: (session: Session | undefined) => T): Promise<Awaited<T>> {
  const channel = channelOf(context);
  const rules = rulesOf(context);
  const client = callOf(channel.key)?.registry.find(rules.clientName);
  const pass = passOf(channel.key, rules);
  try {
    return await what(pass ? pass.session : client && (await sessionOf(channel, client)));
  } catch (error) {
    throw error instanceof OidcError ? await channel.exceptionOf(error, client) : error;
  }
}

async function sessionOf(channel: Channel, client: OidcClient): Promise<Session | undefined> {
  try {
    return await channel.session(client);
  } catch (error) {
    if (error instanceof DeniedError && error.code === 'login_required') return undefined;
    throw error;
  }
}
