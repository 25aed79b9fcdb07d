import { DeniedError, type OidcClient, OidcError, type TokenVerifier, type VerifiedToken } from '@latchkey/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { callOf, type Pass, passOf } from './calls.js';
import { type Channel, channelOf } from './context/channel.js';
import { rulesOf } from './rules.js';

/** The session of the signed-in user; undefined where nobody is signed in, or a token decided. */
export const OidcSession = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  ask(context, async (asked) => (await passFor(asked)).session),
);

/**
 * The user, or the member of it that is named. Of a session: the claims, or what `onLogin` made of them. Of an access
 * token that a guard let pass: its claims, where a user of the client's OP is behind it; in an API without a login, of its
 * only issuer. Undefined for everybody else. Asking for it makes the answer private.
 */
export const CurrentUser = createParamDecorator((member: string | undefined, context: ExecutionContext) =>
  ask(context, async (asked) => {
    const { session, token } = await passFor(asked);
    const user = (session?.user ?? (token && userOf(token, asked))) as Readonly<Record<string, unknown>> | undefined;
    return member === undefined ? user : user && Object.hasOwn(user, member) ? user[member] : undefined;
  }),
);

/**
 * The access token that the call came with, verified: a `VerifiedToken`. Undefined where none came, or a session decided.
 * One for other APIs is what the session's `accessToken()` gives.
 */
export const AccessToken = createParamDecorator((_data: undefined, context: ExecutionContext) =>
  ask(context, async ({ channel, pass, verifier }) => (pass ? pass.token : verifier && tokenOf(channel, verifier))),
);

/** Whom a parameter asks. */
interface Asked {
  readonly channel: Channel;
  /** What a guard let the call pass for, if one did. */
  readonly pass: Pass | undefined;
  readonly client: OidcClient | undefined;
  readonly verifier: TokenVerifier | undefined;
}

/** Asks who calls, also where no guard did, and answers as a guard would when that cannot be told. */
async function ask<T>(context: ExecutionContext, what: (asked: Asked) => Promise<T>): Promise<T> {
  const channel = channelOf(context);
  const rules = rulesOf(context);
  const registry = callOf(channel.key)?.registry;
  const client = registry?.find(rules.clientName);
  const verifier = registry?.verifiers().get(rules.clientName);
  try {
    return await what({ channel, pass: passOf(channel.key, rules), client, verifier });
  } catch (error) {
    throw error instanceof OidcError ? await channel.exceptionOf(error, client) : error;
  }
}

/** Without a guard it is the session that counts. */
async function passFor({ channel, pass, client }: Asked): Promise<Pass> {
  return pass ?? { session: client && (await unless('login_required', () => channel.session(client))) };
}

/** A `sub` is unique at its issuer alone, and a client that acts for itself is no user. */
function userOf({ sub, isClient, issuer, claims }: VerifiedToken, { client, verifier }: Asked): object | undefined {
  const issuers = client ? [client.ref.issuer] : (verifier?.issuers ?? []);
  return sub !== undefined && !isClient && issuers.length === 1 && issuers[0] === issuer ? claims : undefined;
}

async function tokenOf(channel: Channel, verifier: TokenVerifier): Promise<VerifiedToken | undefined> {
  return unless('token_required', async () => verifier.verify(channel.apiRequest));
}

/** Undefined where somebody is denied for having brought nothing. */
async function unless<T>(code: DeniedError['code'], step: () => Promise<T>): Promise<T | undefined> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof DeniedError && error.code === code) return undefined;
    throw error;
  }
}
