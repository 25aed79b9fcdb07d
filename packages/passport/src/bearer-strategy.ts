import { NodeApiRequest, TokenError, type TokenOptions, TokenVerifier } from '@latchkey/core';
import type { ServerResponse } from 'node:http';
import passport from 'passport';
import { policyOf } from './demands.js';
import { conclude, type Outcome } from './outcome.js';
import { type PassportRequest, tokenRefused } from './requests.js';
import type { BearerAuthenticateOptions, TokenInfo } from './types.js';
import { ask, type PresentedToken, requireVerify, type Verify } from './verify.js';

/** A proof of the sender is good for one use: of a request, however many strategies and routes ask about it. */
const requests = new WeakMap<object, NodeApiRequest>();

/**
 * Protects an API by access tokens. `passport.authenticate('bearer')` lets requests with a good one pass, and fails all
 * others with the challenge of RFC 6750.
 * @throws ConfigurationError `invalid_option` naming the option, what was expected and what came
 * @example passport.use(new BearerStrategy({ issuer, audience }, ({ auth }) => users.find(auth.sub)))
 */
export class BearerStrategy extends passport.Strategy {
  /** By which `passport.authenticate()` knows it, unless `passport.use()` is given another. */
  override readonly name: string = 'bearer';
  /** What decides about tokens. */
  readonly verifier: TokenVerifier;
  private readonly verify: Verify<PresentedToken>;
  /** By the options that `passport.authenticate()` was given: the same for every request of a route. */
  private readonly policies = new WeakMap<object, ReturnType<TokenVerifier['policy']>>();

  /** @param verify maps each token to a user of the program, or refuses it */
  constructor(options: TokenOptions, verify: Verify<PresentedToken>) {
    super();
    requireVerify(verify);
    this.verifier = new TokenVerifier(options);
    this.verify = verify;
  }

  /** Called by passport. @internal */
  override authenticate(req: PassportRequest, options: BearerAuthenticateOptions = {}): void {
    conclude(this, this.decide(req, options));
  }

  /** What a route demands beyond the options. */
  private checkOf(options: BearerAuthenticateOptions): ReturnType<TokenVerifier['policy']> | undefined {
    const known = this.policies.get(options);
    if (known) return known;
    const given = policyOf(options);
    if (!given) return undefined;
    const policy = this.verifier.policy(given);
    this.policies.set(options, policy);
    return policy;
  }

  private async decide(req: PassportRequest, options: BearerAuthenticateOptions): Promise<Outcome<TokenInfo>> {
    const { res } = req as { res?: ServerResponse };
    const request = requests.get(req) ?? new NodeApiRequest(req, res);
    requests.set(req, request);
    try {
      const auth = await this.verifier.verify(request);
      if (auth || !this.verifier.passesPreflight(request)) this.checkOf(options)?.(auth);
      if (!auth) return { is: 'pass' };
      const { user, info } = await ask(this.verify, { auth, req });
      if (user) return { is: 'success', user, info: { ...info, auth } };
      tokenRefused.add(req);
      const why = { message: 'You may not do this.', code: 'token_refused', ...info };
      return { is: 'fail', why, status: 403 };
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      if (error.code !== 'token_required') tokenRefused.add(req);
      // Passport says the challenge with 401 alone, and not at all where a callback answers.
      for (const [name, value] of Object.entries(error.headers)) request.setHeader(name, value);
      return { is: 'fail', why: error.headers['WWW-Authenticate'] ?? '', status: error.status };
    }
  }
}
