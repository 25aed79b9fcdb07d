import { IsString } from '../class-parts.js';
import { Message } from './message.js';
import { check, isObject, StringList } from './members.js';
import { Optional } from './optional.js';

/** A link of a WebFingerResponse. */
export interface WebFingerLink {
  /** REQUIRED. What the link is; `http://openid.net/specs/connect/1.0/issuer` for the issuer. */
  readonly rel: string;
  /** OPTIONAL. Where it leads. */
  readonly href?: string;
  readonly [member: string]: unknown;
}

/**
 * Which issuer a user belongs to: from the user's host to the RP, JSON (`application/jrd+json`) at `/.well-known/webfinger`.
 * Other members are kept. [RFC 7033 section 4.4](https://www.rfc-editor.org/rfc/rfc7033#section-4.4), [OIDC Discovery section 2](https://openid.net/specs/openid-connect-discovery-1_0.html#IssuerDiscovery)
 */
export class WebFingerResponse extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;

  /** OPTIONAL. Whom the answer is about. */
  @Optional() @IsString() readonly subject?: string;
  /** OPTIONAL. Other names of the same. */
  @Optional() @StringList() readonly aliases?: readonly string[];
  /** OPTIONAL. What else is known, by URI. */
  @Optional() @check('isProperties', 'an object', isObject) readonly properties?: Readonly<Record<string, unknown>>;
  /** OPTIONAL. The links; the issuer is one of them. */
  @Optional() @check('isLinks', 'a list of objects with a rel', isLinks) readonly links?: readonly WebFingerLink[];
}

function isLinks(value: unknown): boolean {
  return (
    Array.isArray(value) &&
    value.every(
      (link) => isObject(link) && typeof link.rel === 'string' && ['string', 'undefined'].includes(typeof link.href),
    )
  );
}
