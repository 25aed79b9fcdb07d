import type { RegisteredClient } from '@latchkey/core';
import type { Deviations } from './deviations.js';
import { KeyRing } from './keys.js';
import { identifier, randomAlphanumeric } from './random.js';
import { Verdict } from './verdict.js';

/** The suite's parameters of a run, by the suite's names as far as it has them. */
export interface Variant {
  readonly client_auth_type: 'client_secret_basic' | 'client_secret_post' | 'none';
  /** Ends client_id and client_secret with all the punctuation there is. */
  readonly punctuation?: true;
  /** What the sid ends with. */
  readonly sid?: string;
}

/** The RP as the OP knows it. */
export type SuiteClient = RegisteredClient & { readonly client_secret?: string };

/** What the OP's endpoints are called in a test's log. */
export type Endpoint =
  | 'discovery'
  | 'jwks'
  | 'authorize'
  | 'token'
  | 'userinfo'
  | 'end_session'
  | 'frontchannel_page'
  | 'frontchannel_callback';

/** An authentication request that was granted. */
export interface Grant {
  readonly redirectUri: string;
  readonly scope: readonly string[];
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly hasMaxAge: boolean;
}

/** One module run against one RP: what its endpoints share. */
export class TestRun {
  readonly verdict: Verdict = new Verdict();
  /** The endpoints in the order of the calls. */
  readonly calls: Endpoint[] = [];
  readonly keys: KeyRing;
  /** By code; a code that was used is gone. */
  readonly grants = new Map<string, Grant>();
  /** By access token. */
  readonly tokens = new Map<string, Grant>();
  readonly idTokens: string[] = [];
  readonly sid: string;
  readonly sessionState = `${randomAlphanumeric(43)}.${randomAlphanumeric(50)}`;
  #client: SuiteClient | undefined;

  /** @param issuer with the slash at its end */
  constructor(
    readonly issuer: string,
    readonly variant: Variant,
    readonly deviations: Deviations,
  ) {
    this.keys = new KeyRing(deviations.keys);
    this.sid = identifier(variant.sid ?? '-!@:~');
  }

  get client(): SuiteClient {
    if (!this.#client) throw new Error('The RP was not registered.');
    return this.#client;
  }

  register(client: SuiteClient): void {
    this.#client = client;
  }

  /** How often an endpoint was called. */
  count(endpoint: Endpoint): number {
    return this.calls.filter((call) => call === endpoint).length;
  }
}
