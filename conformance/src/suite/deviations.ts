import type { TestKey } from '../../../packages/core/test/keys.js';
import type { Endpoint, TestRun } from './test-run.js';

export type Claims = Readonly<Record<string, unknown>>;
/** Makes of the right claims what the module sends instead. */
export type ClaimsChange = (claims: Claims, run: TestRun) => Claims;

/** How a token is signed; left out: by the algorithm that the client is registered with, and rightly. */
export interface Signature {
  /** `none` sends no signature. */
  readonly alg?: string;
  /** Turns every byte of the signature into another. */
  readonly corrupt?: true;
}

/** What the OP does at its logout endpoints. */
export interface LogoutDeviations {
  /** How the RP is told of the logout at end_session. */
  readonly channels: readonly ('back' | 'front')[];
  readonly logoutToken?: ClaimsChange;
  readonly signature?: (run: TestRun) => Signature;
  /** The status that the back-channel endpoint must answer with; left out: any. */
  readonly status?: 200 | 400;
  /** The state that goes back to the RP. A request without one fails then. */
  readonly state?: (state: string) => string | undefined;
}

/** What one module's OP does otherwise than an OP that works. */
export interface Deviations {
  readonly metadata?: ClaimsChange;
  /** Where the keys are, below the issuer. */
  readonly jwksPath?: string;
  /** The key set of a generation, which is 0 until the keys are rotated. */
  readonly keys?: (generation: number) => readonly TestKey[];
  /** When the keys are replaced: right before an ID token is signed, or when the second login begins. */
  readonly rotation?: 'before signing' | 'at the second login';
  readonly idToken?: ClaimsChange;
  readonly idTokenSignature?: Signature;
  readonly userinfo?: ClaimsChange;
  /** Makes the userinfo a JWT. */
  readonly userinfoSignature?: Signature;
  /** The one place where the access token may stand at userinfo; left out: header or body. */
  readonly bearer?: 'header';
  /** The last endpoint that the RP may get to; whatever it calls after that fails. */
  readonly last?: Endpoint;
  /** What else must be so of the authentication request. */
  readonly authenticationRequest?: (request: URLSearchParams, run: TestRun) => void;
  /** Turns on the logout endpoints, session_state and sid. */
  readonly logout?: LogoutDeviations;
}
