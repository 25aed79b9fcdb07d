import { equalInConstantTime } from '../crypto.js';
import { ResponseError, show } from '../errors.js';
import { isObject } from '../messages/members.js';
import type { LogoutStore } from '../session/logout-store.js';
import type { ClientRef } from '../session/session-store.js';
import type { Clock } from '../clock.js';
import { verifyDpopProof } from './dpop.js';
import type { DpopNonces } from './dpop-nonce.js';
import { requestUrl } from './htu.js';
import type { CertificateRequest, ClientCertificates } from './mtls.js';

/** How this API holds senders to their tokens. */
export interface SenderSettings {
  /** Where DPoP proofs are taken. */
  readonly dpop?:
    | {
        /** Refuses tokens that are bound to no key. */
        readonly required: boolean;
        /** Seconds that a proof may be old. */
        readonly window: number;
        readonly nonces?: DpopNonces | undefined;
        /** Where this program is reached from outside: what `htu` is held against. */
        readonly baseUrl: string;
        readonly store: Pick<LogoutStore, 'firstUse'>;
      }
    | undefined;
  /** Where client certificates are looked at. */
  readonly mtls?:
    | {
        /** Refuses tokens that are bound to no certificate. */
        readonly required: boolean;
        readonly certificates: ClientCertificates;
      }
    | undefined;
  readonly clock: Clock;
  /** Seconds by which clocks may differ. */
  readonly tolerance: number;
}

/** What of a request is held against the token that came with it. */
export interface SenderRequest extends CertificateRequest {
  /** In capitals, as it came. */
  readonly method: string;
  /** Path and query as they came. */
  readonly target: string;
}

/** A token, verified, and how it came. */
export interface SentToken {
  readonly token: string;
  readonly scheme: 'Bearer' | 'DPoP';
  /** Its `cnf`, as it stands in the token or in the introspection's answer. */
  readonly cnf: unknown;
  /** Under whose name the uses of proofs are remembered. */
  readonly client: ClientRef;
}

interface Confirmation {
  readonly jkt?: string;
  readonly x5t?: string;
}

const noneConfirmed: Confirmation = {};

/**
 * Makes sure that a token came from whom it is bound to, and as it must come: a token that is bound to a key by the
 * scheme DPoP with a proof, any other by Bearer; every member of `cnf` is enforced, and one that is not known refuses.
 * At once, save where a proof has to be claimed in the store.
 * @returns a nonce for the answer's header `DPoP-Nonce`, when a newer one is due
 * @throws ResponseError `access_token_binding`; DpopError `dpop_*`; DeniedError `invalid_request`
 * @throws UnavailableError `store_full`, `store_unavailable`
 */
export function confirmSender(
  request: SenderRequest,
  sent: SentToken,
  settings: SenderSettings,
): undefined | Promise<string | undefined> {
  const { dpop, mtls } = settings;
  const { jkt, x5t } = sent.cnf === undefined ? noneConfirmed : readConfirmation(sent.cnf);
  // 1. What must be bound is
  if (dpop?.required && jkt === undefined) throw unconfirmed('a token that is bound to a key by cnf.jkt');
  if (mtls?.required && x5t === undefined) throw unconfirmed('a token that is bound to a certificate by cnf.x5t#S256');
  // 2. A bound token never comes as a plain one, nor the other way round (RFC 9449 sections 7.1 and 7.2)
  if (jkt !== undefined && sent.scheme !== 'DPoP')
    throw unconfirmed('a token that is bound to a key with the scheme DPoP, came Bearer');
  if (jkt === undefined && sent.scheme === 'DPoP')
    throw unconfirmed('a token with the scheme DPoP to be bound to a key by cnf.jkt');
  // 3. The certificate
  if (x5t !== undefined) checkCertificate(request, x5t, mtls);
  // 4. The proof, last: a proof is used up only by a request that passes everything else
  return jkt === undefined ? undefined : checkProof(request, { ...sent, jkt }, settings);
}

function checkCertificate(request: SenderRequest, x5t: string, mtls: SenderSettings['mtls']): void {
  if (!mtls) throw unconfirmed('a token without cnf.x5t#S256, since this API looks at no certificates');
  const thumbprint = mtls.certificates.thumbprint(request);
  if (thumbprint === undefined) throw unconfirmed("the client's certificate, came none");
  if (!equalInConstantTime(thumbprint, x5t))
    throw unconfirmed('the certificate that the token is bound to, came another');
}

function checkProof(
  { header, method, target }: SenderRequest,
  { token, client, jkt }: SentToken & { readonly jkt: string },
  { dpop, clock, tolerance }: SenderSettings,
): Promise<string | undefined> {
  if (!dpop) throw unconfirmed('a token without cnf.jkt, since this API takes no DPoP proofs');
  const { baseUrl, window, nonces, store } = dpop;
  return verifyDpopProof({
    proof: header('dpop'),
    method,
    url: requestUrl(baseUrl, target),
    accessToken: token,
    jkt,
    now: clock.now() / 1000,
    window,
    tolerance,
    nonces,
    store,
    client,
  });
}

/** Reads `cnf`: what it holds must be known, or nobody would enforce it. [RFC 7800 section 3.1](https://www.rfc-editor.org/rfc/rfc7800#section-3.1) */
function readConfirmation(cnf: unknown): Confirmation {
  if (!isObject(cnf)) throw unconfirmed(`cnf to be an object, came ${show(cnf)}`);
  const { jkt, 'x5t#S256': x5t, ...others } = cnf;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw unconfirmed(`jkt and x5t#S256 alone in cnf, came ${show(unknown)}`);
  if (jkt === undefined && x5t === undefined) throw unconfirmed('jkt or x5t#S256 in cnf, came neither');
  return { ...thumbprint('jkt', jkt), ...thumbprint('x5t', x5t) };
}

function thumbprint<N extends string>(name: N, value: unknown): Partial<Record<N, string>> {
  if (value === undefined) return {};
  if (typeof value !== 'string' || !/^[\w-]{43}$/.test(value)) throw unconfirmed(`cnf to hold SHA-256 thumbprints`);
  return { [name]: value } as Partial<Record<N, string>>;
}

function unconfirmed(expected: string): ResponseError {
  return new ResponseError('access_token_binding', `Expected ${expected}.`, { status: 401 });
}
