import type { Dispatcher } from 'undici';
import { Flag, Group, Is, isObject, List, Secret, Text, Whole, With } from './check-options.js';
import type { Clock } from './clock.js';
import type { Hooks } from './hooks.js';
import { isPrivateKey, type PrivateKey } from './keys/client-keys.js';
import { Optional } from './messages/optional.js';
import { RouteOptions } from './routes.js';
import type { SessionStore } from './session/session-store.js';

/** What private keys may be, in words. */
export const privateKeys = 'private keys, each a KeyObject or a JWK';
const secretExpected = 'a text of at least 32 bytes, or a list of such texts';

/** `login`: how long a login in flight lives, and how many there may be in one browser. */
export class LoginOptions {
  /** Seconds from the start of a login to its callback; default 900. */
  @Optional() @Whole('seconds', 60, 3600) lifetime?: number;
  /** How many logins one browser may have in flight; the oldest gives way. Default 7, which is also the most. */
  @Optional() @Whole('logins', 1, 7) max?: number;
}

/** `session.cookie`: what the cookie carries, and its life in the browser. */
export class SessionCookieOptions {
  /** Whether the cookie outlives the browser's window; default true. */
  @Optional() @Flag() persistent?: boolean;
  /**
   * Carries the whole session in the cookie, sealed: `store` then only remembers logouts. Such sessions have no refresh
   * token, cannot be listed, and front-channel logout reaches them only where their cookie comes along. Default false.
   */
  @Optional() @Flag() sealed?: boolean;
}

/** `session`: where sessions live and for how long. */
export class SessionOptions {
  /** REQUIRED. At least 32 bytes, or several such texts: the first seals, all open. */
  @Secret() @Is(secretExpected, isSecret) secret!: string | readonly string[];
  /** Where sessions live; default: the memory of this process. */
  @Optional()
  @With('a SessionStore', 'create', 'read', 'end', 'mark', 'firstUse', 'now', 'subscribe')
  store?: SessionStore;
  /** Seconds without a request after which a session ends, or false; default 86400 (a day). */
  @Optional() @Is('a whole number of seconds above 0, or false', isLifetime) idle?: number | false;
  /** Seconds after which a session ends whatever happens, or false; default 604800 (seven days). An ID token's `session_expiry` may end it sooner. */
  @Optional() @Is('a whole number of seconds above 0, or false', isLifetime) absolute?: number | false;
  /** What the session's cookie carries, and for how long. */
  @Optional() @Group(SessionCookieOptions) cookie?: SessionCookieOptions;
  /** Paths for which no session is read: all below one that ends in `/`, otherwise that path alone. */
  @Optional() @List('paths that begin with /', isPath) ignore?: readonly string[];
}

/** `csrf`: who else may use a session for more than reading. */
export class CsrfOptions {
  /** Other origins whose pages may send unsafe requests with a session. */
  @List('origins like https://app.example', isOrigin) origins!: readonly string[];
}

/** `logout`: what else a logout does. */
export class LogoutOptions {
  /**
   * Gives the session's tokens back to the OP on RP-initiated and back-channel logout (RFC 7009); those of
   * offline_access only with `'offline_access'`. Default false.
   */
  @Optional() @Is("true, false or 'offline_access'", isRevoke) revoke?: boolean | 'offline_access';
}

/** `backchannel`: what is taken as a logout token. */
export class BackChannelOptions {
  /** Seconds from a logout token's `iat` during which it is taken; default 300. */
  @Optional() @Whole('seconds') maxAge?: number;
  /** For OPs from before the 2023 errata of Back-Channel Logout; such tokens are still bounded by `maxAge`. Default false. */
  @Optional() @Flag() acceptLogoutTokenWithoutExp?: boolean;
  /** Takes only tokens whose `typ` is `logout+jwt`; default false. */
  @Optional() @Flag() strictTyp?: boolean;
}

/** `frontchannel`: what a front-channel logout may do, and who may frame its page. */
export class FrontChannelOptions {
  /** Ends the session that is named also where its cookie does not come along, as in most browsers; default true. */
  @Optional() @Flag() withoutCookie?: boolean;
  /** Default true; false takes a `sid` without `iss`, for OPs that leave it out. */
  @Optional() @Flag() requireIssuer?: boolean;
  /** Origins that may frame it, beside those of the OP's metadata. */
  @Optional() @List('origins like https://op.example', isOrigin) frameAncestors?: readonly string[];
}

/** `http`: every call to the OP. */
export class HttpClientOptions {
  /** Milliseconds for a whole exchange; default 5000. */
  @Optional() @Whole('milliseconds') timeout?: number;
  /** Bytes of an answer that is neither metadata nor a key set; default 65536. */
  @Optional() @Whole('bytes') maxBytes?: number;
  /** An undici dispatcher: proxies, client certificates. Default: one that honours the environment's proxies and NO_PROXY. */
  @Optional() @With('an undici Dispatcher', 'dispatch') dispatcher?: Dispatcher;
}

/** What `authorizationParams` may be, in words. */
export const paramsExpected =
  'texts and numbers by parameter name, max_age in whole seconds, without state and what else a login sets itself';

/** What `oidc()` takes. Times are whole seconds unless they say otherwise. */
export class OidcOptions {
  /** REQUIRED. The OP's issuer identifier, code point for code point. */
  @Is('an http(s) URL without query and fragment', isBase) issuer!: string;
  /** Where the metadata is, when it is not below the issuer. */
  @Optional() @Is('an http(s) URL', isUrl) discoveryUrl?: string;
  /** REQUIRED. As registered at the OP. */
  @Text() clientId!: string;
  /** Left out: a public client. */
  @Secret() @Optional() @Text() clientSecret?: string;
  /** Default: `private_key_jwt` with `clientKeys`, `client_secret_basic` with a secret alone, else `none`. */
  @Optional()
  @Is('client_secret_basic, client_secret_post, private_key_jwt or none', isAuthMethod)
  clientAuthMethod?: ClientAuthMethod;
  /** Private keys for `private_key_jwt`: the first signs, `GET /auth/jwks` serves the public half of all. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) clientKeys?: readonly PrivateKey[];
  /** Whom an assertion is for; default `issuer`. `token_endpoint` is for OPs that know no other. */
  @Optional() @Is('issuer or token_endpoint', isAudience) clientAssertionAudience?: ClientAssertionAudience;
  /** REQUIRED. Where this program is reached from outside; every URL of ours is built from it, never from the Host header. */
  @Is('an http(s) URL without query and fragment', isBase) baseUrl!: string;
  /** Space-delimited; default `openid profile email`. */
  @Optional() @Is('space-delimited scopes with openid among them', isScope) scope?: string;
  /** More parameters of every authentication request: `prompt`, `max_age`, `ui_locales`, an OP's own. */
  @Optional()
  @Is(paramsExpected, areParams)
  authorizationParams?: AuthorizationParams;
  /** The one algorithm of ID tokens and logout tokens; default RS256, or the only asymmetric one in the metadata. */
  @Optional() @Text() idTokenSignedResponseAlg?: string;
  /** Private keys for ID tokens, logout tokens and userinfo that come encrypted; `GET /auth/jwks` serves their public half. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) decryptionKeys?: readonly PrivateKey[];
  /** As registered, like `RSA-OAEP-256`: ID tokens and logout tokens that come otherwise are refused. Default: they may come encrypted. */
  @Optional() @Text() idTokenEncryptedResponseAlg?: string;
  /** Fetch the userinfo at login and merge it into the user; default true. */
  @Optional() @Flag() userinfo?: boolean;
  /** Seconds by which clocks may differ; default 60. */
  @Optional() @Whole('seconds', 0, 600) clockTolerance?: number;
  /** Where a login ends that named no page; default: where `baseUrl` begins. */
  @Optional() @Is('a path of this program, like /home', isPath) returnTo?: string;
  /** Other audiences that may stand beside our client_id in a token; default none. */
  @Optional() @List('texts') extraTrustedAudiences?: readonly string[];
  /** Logins in flight. */
  @Optional() @Group(LoginOptions) login?: LoginOptions;
  /** REQUIRED. Where sessions live, for how long, and what seals them. */
  @Group(SessionOptions) @Is('an object with a secret', isObject) session!: SessionOptions;
  /** Who else may use a session for more than reading; default: nobody. */
  @Optional() @Group(CsrfOptions) csrf?: CsrfOptions;
  /** What else a logout does. */
  @Optional() @Group(LogoutOptions) logout?: LogoutOptions;
  /** What is taken as a logout token. */
  @Optional() @Group(BackChannelOptions) backchannel?: BackChannelOptions;
  /** What a front-channel logout may do. */
  @Optional() @Group(FrontChannelOptions) frontchannel?: FrontChannelOptions;
  /** Every call to the OP. */
  @Optional() @Group(HttpClientOptions) http?: HttpClientOptions;
  /** Tells the clients of one program apart: the routes of this one are then `/auth/<name>/login` and so on. Default: none. */
  @Optional() @Is('a name of letters, digits, - and _', isName) name?: string;
  /** Paths below `baseUrl`; false turns a route off. */
  @Optional() @Group(RouteOptions) routes?: RouteOptions;
  /** What the program does at a login, a logout and an error. */
  @Optional() @Is('an object of the functions onLogin, onLogout and onError', areHooks) hooks?: Hooks;
  /** Where the time comes from; for tests. */
  @Optional() @With('an object with now()', 'now') clock?: Clock;
  /** Takes an issuer and a base URL of http beyond loopback: everything can be read on the way. */
  @Optional() @Flag() dangerouslyAllowHttp?: boolean;
  /** Lets any site send unsafe requests with a user's session. */
  @Optional() @Flag() dangerouslySkipCsrf?: boolean;
}

/** What `OidcClient.replaceSecrets` takes: what is left out stays. */
export class NewSecrets {
  /** In place of the option `clientSecret`; for clients that have one. */
  @Secret() @Optional() @Text() clientSecret?: string;
  /** In place of the option `clientKeys`; for clients that have some. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) clientKeys?: readonly PrivateKey[];
  /** In place of the option `decryptionKeys`; for clients that have some. */
  @Secret() @Optional() @List(privateKeys, isPrivateKey) decryptionKeys?: readonly PrivateKey[];
  /** In place of the option `session.secret`: the first seals, all open. */
  @Secret() @Optional() @Is(secretExpected, isSecret) session?: string | readonly string[];
}

/** How the client proves itself at the token endpoint. [OIDC Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication) */
export type ClientAuthMethod = 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'none';
/** Whom a client's assertion is for. [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3) */
export type ClientAssertionAudience = 'issuer' | 'token_endpoint';
/** Parameters of an authentication request that a program may add. */
export type AuthorizationParams = Readonly<Record<string, string | number>>;

/** What a login sets itself: nobody else may. */
const reserved = new Set([
  'client_id',
  'code_challenge',
  'code_challenge_method',
  'nonce',
  'redirect_uri',
  'request',
  'request_uri',
  'response_mode',
  'response_type',
  'scope',
  'state',
]);

/** Whether these may be added to an authentication request. */
export function areParams(value: unknown): value is AuthorizationParams {
  return isObject(value) && Object.entries(value).every(([name, each]) => isParam(name, each));
}

function isParam(name: string, value: unknown): boolean {
  if (name === 'max_age') return /^\d{1,15}$/.test(String(value));
  return !reserved.has(name) && (typeof value === 'string' || Number.isFinite(value));
}

function areHooks(value: unknown): boolean {
  const names = ['onLogin', 'onLogout', 'onError'];
  return (
    isObject(value) &&
    Object.entries(value).every(
      ([name, hook]) => names.includes(name) && (hook === undefined || typeof hook === 'function'),
    )
  );
}

function isRevoke(value: unknown): boolean {
  return typeof value === 'boolean' || value === 'offline_access';
}

/** Whether something is a `ClientAuthMethod`. */
export function isAuthMethod(value: unknown): boolean {
  return ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'].includes(value as string);
}

/** Whether something is a `ClientAssertionAudience`. */
export function isAudience(value: unknown): boolean {
  return value === 'issuer' || value === 'token_endpoint';
}

function isScope(value: unknown): boolean {
  return typeof value === 'string' && value.split(' ').includes('openid');
}

function isSecret(value: unknown): boolean {
  const long = (each: unknown): boolean => typeof each === 'string' && Buffer.byteLength(each) >= 32;
  return Array.isArray(value) ? value.length > 0 && value.every(long) : long(value);
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[\w-]+$/.test(value);
}

function isLifetime(value: unknown): boolean {
  return value === false || (Number.isInteger(value) && (value as number) > 0);
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^\/(?!\/)[!-[\]-~]*$/.test(value);
}

function isOrigin(value: unknown): boolean {
  return isUrl(value) && new URL(value as string).origin === value;
}

function isUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** A URL that can be the start of others. */
function isBase(value: unknown): boolean {
  return isUrl(value) && !/[?#\s\\]/.test(value as string);
}
