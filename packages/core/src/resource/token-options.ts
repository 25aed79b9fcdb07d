import { checkOptions, Flag, Group, Is, isObject, List, Secret, Text, Whole, With } from '../check-options.js';
import type { Clock } from '../clock.js';
import { ConfigurationError } from '../errors.js';
import { authMethodOf } from '../client/credentials.js';
import { isSupported } from '../keys/algorithms.js';
import { isPrivateKey, type PrivateKey } from '../keys/client-keys.js';
import { Optional } from '../messages/optional.js';
import {
  type ClientAssertionAudience,
  type ClientAuthMethod,
  HttpClientOptions,
  isAudience,
  isAuthMethod,
  privateKeys,
} from '../options.js';
import type { LogoutStore } from '../session/logout-store.js';
import type { CertificateFormat } from './certificate-header.js';
import type { ClaimDemands } from './claim-demand.js';

/** `lenient`: what shows that a JWT without RFC 9068's `typ` is an access token: a claim that ID tokens do not have. */
export type AccessTokenMark = 'scope' | 'scp' | { readonly claim: string; readonly value: string };

/** `lenient`: for OPs that do not issue access tokens by RFC 9068. */
export class LenientOptions {
  /** What access tokens of this issuer have and its other tokens do not. */
  @Is("'scope', 'scp', or { claim, value }", isMark) recognise!: AccessTokenMark;
}

/** `introspection`: how long answers are believed, and how many questions are under way at once. */
export class IntrospectionOptions {
  /** Seconds that a good answer is kept, at most until the token's `exp`; 0 keeps none. Default 60. */
  @Optional() @Whole('seconds', 0, 3600) ttl?: number;
  /** Seconds that a refusal is kept. Default 5, which is also the most. */
  @Optional() @Whole('seconds', 0, 5) negativeTtl?: number;
  /** How many tokens may be asked about at once; more are answered with 503. Default 100. */
  @Optional() @Whole('questions') maxInFlight?: number;
}

/** `dpop`: how senders show that they hold the key of their token. */
export class DpopOptions {
  /** Refuses tokens that are bound to no key; default false. */
  @Optional() @Flag() required?: boolean;
  /** Asks for a nonce in every proof: true, or a secret of at least 32 bytes (or several) that all machines share. Default false. */
  @Secret() @Optional() @Is('true, false, or texts of at least 32 bytes', isNonce) nonce?:
    boolean | string | readonly string[];
  /** Seconds that a proof may be old; default 60. */
  @Optional() @Whole('seconds', 1, 300) window?: number;
}

/** `mtls`: how senders show that they hold the certificate of their token. */
export class MtlsOptions {
  /** Refuses tokens that are bound to no certificate; default false. */
  @Optional() @Flag() required?: boolean;
  /** The header in which a proxy passes the certificate on; needs `format` and `trustedProxies`. */
  @Optional() @Text() header?: string;
  /** How it stands there: `pem-urlencoded`, `xfcc` or `rfc9440`. */
  @Optional() @Text() format?: CertificateFormat;
  /** Addresses and networks of those proxies, like `10.0.0.0/8`. */
  @Optional() @List('addresses or networks') trustedProxies?: readonly string[];
}

/** What may be said for all issuers at once, or for each. */
export abstract class TokenIssuerDefaults {
  /** REQUIRED, for all or for each. What this API is called in `aud`; with several names, one of them is enough. */
  @Optional() @Is('a text, or a list of texts', isTexts) audience?: string | readonly string[];
  /** The signature algorithms that are taken; default: the asymmetric ones that fit the issuer's keys, or HS256 with `secret`. */
  @Optional() @List('supported algorithms', (alg) => isSupported(alg as string)) algorithms?: readonly string[];
  /** Verifies HS* with this text of at least 32 bytes, in place of the issuer's keys. */
  @Secret() @Optional() @Is('a text of at least 32 bytes', isSecret) secret?: string;
  /** Where the issuer's keys are, when there is no metadata to say so. */
  @Optional() @Is('an http(s) URL', isUrl) jwksUri?: string;
  /** Where the metadata is, when it is not below the issuer. */
  @Optional() @Is('an http(s) URL', isUrl) discoveryUrl?: string;
  /** `jwt` verifies here, `introspection` asks the OP, `either` asks about what is no JWT of this issuer. Default `jwt`. */
  @Optional() @Is('jwt, introspection or either', isMode) mode?: TokenMode;
  /** This API's name at the OP, for introspection. */
  @Optional() @Text() clientId?: string;
  /** Proves it there. */
  @Secret() @Optional() @Text() clientSecret?: string;
  /** Default: `private_key_jwt` with `clientKeys`, `client_secret_basic` with a secret alone, else `none`. */
  @Optional()
  @Is('client_secret_basic, client_secret_post, private_key_jwt or none', isAuthMethod)
  clientAuthMethod?: ClientAuthMethod;
  /** Private keys for `private_key_jwt`: the first signs. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) clientKeys?: readonly PrivateKey[];
  /** Whom an assertion is for; default `issuer`. `token_endpoint` is for OPs that know no other. */
  @Optional() @Is('issuer or token_endpoint', isAudience) clientAssertionAudience?: ClientAssertionAudience;
  /** How answers are kept. */
  @Optional() @Group(IntrospectionOptions) introspection?: IntrospectionOptions;
  /** Takes JWTs without RFC 9068's `typ` and claims, by a mark of theirs. */
  @Optional() @Group(LenientOptions) lenient?: LenientOptions;
  /** Private keys, where access tokens, or what the OP says of them, come encrypted. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) decryptionKeys?: readonly PrivateKey[];
}

/** What holds for one issuer; what it leaves out is as for all. */
export class TokenIssuerOptions extends TokenIssuerDefaults {
  /** REQUIRED. The issuer identifier, code point for code point. */
  @Is('an http(s) URL without query and fragment', isIssuerUrl) issuer!: string;
}

/** How tokens of an issuer are judged. */
export type TokenMode = 'jwt' | 'introspection' | 'either';

/** What `requireToken()` takes. Times are whole seconds. */
export class TokenOptions extends TokenIssuerDefaults {
  /** REQUIRED. Whose tokens are taken: one issuer, or several; one with options of its own is an object. */
  @Is('an issuer, or a list of issuers, each a URL or an object', isIssuers)
  issuer!: string | TokenIssuerOptions | readonly (string | TokenIssuerOptions)[];
  /** Scopes that a token must have, all of them; space-delimited, or a list. */
  @Optional() @Is('scopes, space-delimited or a list', areWords) scope?: string | readonly string[];
  /** Scopes of which a token must have one. */
  @Optional() @Is('scopes, space-delimited or a list', areWords) anyScope?: string | readonly string[];
  /** What claims must be: a value that the claim equals, or that its list includes; or a predicate. */
  @Optional() @Is('values or predicates by the name of a claim', isObject) claims?: ClaimDemands;
  /** Authentication context classes, one of which the token must have: space-delimited, or a list. */
  @Optional() @Is('classes, space-delimited or a list', areWords) acr?: string | readonly string[];
  /** How long ago the user may have authenticated. */
  @Optional() @Whole('seconds', 0) maxAge?: number;
  /** Takes tokens that are bound to a key; true for the defaults. Needs `baseUrl`. Default: refuses them. */
  @Optional() @Is('true, or an object', isGroup) dpop?: boolean | DpopOptions;
  /** Takes tokens that are bound to a client certificate; true for the defaults. Default: refuses them. */
  @Optional() @Is('true, or an object', isGroup) mtls?: boolean | MtlsOptions;
  /** `pass` lets CORS preflights through, which never carry credentials. Default: they are refused like the rest. */
  @Optional() @Is("'pass'", (value) => value === 'pass') preflight?: 'pass';
  /** Takes the token as `access_token` of a form too. Default false. */
  @Optional() @Flag() bodyToken?: boolean;
  /** This API's identifier, whose metadata challenges point to. */
  @Optional() @Is('an http(s) URL without fragment', isResource) resource?: string;
  /** What the API is called in challenges. */
  @Optional()
  @Is('printable ASCII', (value) => typeof value === 'string' && /^[\x20-\x7e]+$/.test(value))
  realm?: string;
  /** Lets requests without credentials pass; bad ones are refused all the same. Default false. */
  @Optional() @Flag() optional?: boolean;
  /** Seconds by which clocks may differ; default 60. */
  @Optional() @Whole('seconds', 0, 600) clockTolerance?: number;
  /** Where this program is reached from outside: what a DPoP proof's `htu` is held against. */
  @Optional() @Is('an http(s) URL without query and fragment', isIssuerUrl) baseUrl?: string;
  /** Remembers the proofs used, and tells of logouts; default: the memory of this process. */
  @Optional() @With('a LogoutStore', 'firstUse', 'subscribe') store?: LogoutStore;
  /** Verified tokens to remember; default 10000, 0 for none. */
  @Optional() @Whole('tokens', 0) maxRemembered?: number;
  /** Every call to the OP. */
  @Optional() @Group(HttpClientOptions) http?: HttpClientOptions;
  /** Takes issuers of http beyond loopback. */
  @Optional() @Flag() dangerouslyAllowHttp?: boolean;
  /** Where the time comes from. */
  @Optional() @With('a clock', 'now') clock?: Clock;
}

/** @throws ConfigurationError `invalid_option` */
export function checkTokenOptions(given: unknown): { options: TokenOptions; issuers: readonly TokenIssuerOptions[] } {
  const options = checkOptions(TokenOptions, given);
  const { issuer, audience, algorithms, secret, jwksUri, discoveryUrl, mode, clientId, clientSecret } = options;
  const { clientAuthMethod, clientKeys, clientAssertionAudience, introspection, lenient, decryptionKeys } = options;
  const client = { clientId, clientSecret, clientAuthMethod, clientKeys, clientAssertionAudience };
  const verification = { audience, algorithms, secret, jwksUri, discoveryUrl, mode, lenient, decryptionKeys };
  const shared = { ...verification, ...client, introspection };
  const list = (Array.isArray(issuer) ? issuer : [issuer]) as readonly (string | TokenIssuerOptions)[];
  const issuers = list.map((each, n) => {
    const own = typeof each === 'string' ? { issuer: each } : checkOptions(TokenIssuerOptions, each, `issuer[${n}].`);
    const path = list.length > 1 ? `issuer[${n}].` : '';
    return checkIssuer(checkOptions(TokenIssuerOptions, { ...shared, ...own }, path), path);
  });
  if (new Set(issuers.map(({ issuer: name }) => name)).size < issuers.length)
    throw invalid('issuer', 'each once', 'one twice');
  if (issuers.filter(({ mode: how = 'jwt' }) => how !== 'jwt').length > 1)
    throw invalid('mode', 'one issuer at most to be asked about tokens that name none', 'several');
  return { options, issuers };
}

/** What no single option shows. */
function checkIssuer(options: TokenIssuerOptions, path: string): TokenIssuerOptions {
  const { audience, algorithms, secret, jwksUri, mode = 'jwt', clientId } = options;
  if (audience === undefined) throw invalid(`${path}audience`, 'what this API is called in aud', 'nothing');
  if (mode !== 'jwt' && clientId === undefined)
    throw invalid(`${path}clientId`, `this API's name at the OP for mode ${mode}`, 'nothing');
  authMethodOf(options, path);
  const symmetric = algorithms?.filter((alg) => alg.startsWith('HS')) ?? [];
  if (secret === undefined && symmetric.length)
    throw invalid(`${path}secret`, `a text for ${symmetric.join(', ')}`, 'nothing');
  if (secret !== undefined && algorithms && symmetric.length < algorithms.length)
    throw invalid(`${path}algorithms`, 'HS* alone beside secret', algorithms.join(', '));
  if (secret !== undefined && jwksUri !== undefined) throw invalid(`${path}jwksUri`, 'nothing beside secret', 'a URL');
  return options;
}

/** An option that does not fit the others. */
export function invalid(option: string, expected: string, came: string): ConfigurationError {
  return new ConfigurationError('invalid_option', `Option ${option}: expected ${expected}, came ${came}.`);
}

/** Texts of an option: one of them, several separated by spaces, or a list. */
export function textsOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((each) => each !== '') : (value ?? []);
}

function isUrl(value: unknown): boolean {
  return typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
function isIssuerUrl(value: unknown): boolean {
  return isUrl(value) && !/[?#]/.test(value as string);
}
function isResource(value: unknown): boolean {
  return isUrl(value) && !(value as string).includes('#');
}
function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}
/**
 * Whether something is words, space-delimited or a list, as scopes are: what a token can have and a challenge can name.
 * [RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3)
 */
export function areWords(value: unknown): boolean {
  const words: unknown = typeof value === 'string' ? textsOf(value) : value;
  const isWord = (each: unknown): boolean => typeof each === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(each);
  return Array.isArray(words) && words.length > 0 && words.every(isWord);
}
/** Whether something is a text that says something, or a list of such texts. */
export function isTexts(value: unknown): boolean {
  return isText(value) || (Array.isArray(value) && value.length > 0 && value.every(isText));
}
function isSecret(value: unknown): boolean {
  return typeof value === 'string' && Buffer.byteLength(value) >= 32;
}
function isNonce(value: unknown): boolean {
  return typeof value === 'boolean' || [value].flat().every(isSecret);
}
function isMode(value: unknown): boolean {
  return value === 'jwt' || value === 'introspection' || value === 'either';
}
function isMark(value: unknown): boolean {
  if (value === 'scope' || value === 'scp') return true;
  return isObject(value) && isText(value.claim) && typeof value.value === 'string' && Object.keys(value).length === 2;
}
function isGroup(value: unknown): boolean {
  return typeof value === 'boolean' || isObject(value);
}
function isIssuers(value: unknown): boolean {
  const one = (each: unknown): boolean => isIssuerUrl(each) || isObject(each);
  return Array.isArray(value) ? value.length > 0 && value.every(one) : one(value);
}
