import { hiddenMember, type NodeApiRequest, type TokenVerifier, type VerifiedToken } from '@latchkey/core';
import { giveMember } from './members.js';

/** What a guard that takes tokens let a request pass with. */
export interface Admitted {
  /** Undefined where it needed none. */
  readonly auth: VerifiedToken | undefined;
  readonly verifier: TokenVerifier;
  /** The request as the verifier saw it, where a DPoP proof came: asked about the same one again, it knows that it was good. */
  readonly request?: NodeApiRequest | undefined;
}

const admitted = hiddenMember<Admitted>();
const authOf = (req: object): VerifiedToken | undefined => admitted.get(req)?.auth;

/** Lets a request pass: `req.auth` is its token from now on, whatever others have left there. */
export function admit(req: object, by: Admitted): void {
  admitted.set(req, by);
  if (Object.hasOwn(req, 'auth')) Reflect.deleteProperty(req, 'auth');
  giveMember(req, 'auth', authOf);
}

/** What the last guard let this request pass with; undefined where none stood before. */
export function admittedBy(req: object): Admitted | undefined {
  return admitted.get(req);
}
