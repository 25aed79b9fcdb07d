import type { TokenOp } from '../../core/test/token-op.js';

/** What a user's token says. */
export interface UserTokenFor {
  readonly sub?: string;
  readonly scope?: string;
  /** The API; by default the one of the OP's `audience`. */
  readonly resource?: string;
  /** Claims beside those that every token has. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** A user's token: issued and signed by the OP for an hour, without the user's having to sign in. */
export async function userToken(
  { op, audience, claims }: Pick<TokenOp, 'op' | 'audience' | 'claims'>,
  given: UserTokenFor = {},
): Promise<string> {
  const { sub = 'ada', scope = 'orders:read', resource = audience } = given;
  const { AccessToken, Client, ResourceServer } = op.provider;
  const client = (await Client.find('machine'))!;
  const resourceServer = new ResourceServer(resource, { scope, audience: resource, accessTokenFormat: 'jwt' });
  const grant = { grantId: 'of a test', gty: 'authorization_code' };
  for (const [name, value] of Object.entries(given.claims ?? {})) claims.set(name, value);
  const token = await new AccessToken({ ...grant, accountId: sub, client, scope, resourceServer }).save();
  claims.clear();
  return token;
}
