import { ConfigurationError, show } from '../errors.js';
import { isLoopback } from '../discovery/issuer-url.js';
import type { Hooks } from '../hooks.js';
import type { AuthorizationParams, OidcOptions } from '../options.js';
import { type Credentials, credentialsOf } from './credentials.js';

/** The options with their defaults, in the units that the code works in. */
export interface Settings extends Credentials {
  readonly scope: string;
  readonly authorizationParams: AuthorizationParams;
  /** As configured; undefined leaves it to the metadata. */
  readonly idTokenAlgorithm: string | undefined;
  readonly userinfo: boolean;
  /** Seconds. */
  readonly clockTolerance: number;
  /** Where this program begins: the base URL's path, with a slash at its end. */
  readonly home: string;
  readonly returnTo: string;
  readonly extraTrustedAudiences: readonly string[];
  /** Milliseconds. */
  readonly loginLifetime: number;
  readonly maxLogins: number;
  /** Milliseconds; Infinity for none. */
  readonly idle: number;
  /** Milliseconds; Infinity for none. */
  readonly absolute: number;
  /** Milliseconds. */
  readonly httpTimeout: number;
  /** Whether the session travels whole in the cookie. */
  readonly sealedCookie: boolean;
  readonly persistentCookie: boolean;
  readonly ignore: readonly string[];
  readonly csrfOrigins: ReadonlySet<string>;
  readonly skipCsrf: boolean;
  readonly revoke: boolean | 'offline_access';
  readonly backchannel: { readonly maxAge: number; readonly requireExp: boolean; readonly strictTyp: boolean };
  readonly frontchannel: {
    readonly withoutCookie: boolean;
    readonly requireIssuer: boolean;
    readonly frameAncestors: readonly string[];
  };
  readonly hooks: Hooks;
  readonly allowHttp: boolean;
  /** Whether cookies are Secure and `__Host-`. */
  readonly secure: boolean;
}

/**
 * Fills in the defaults, and checks what no single option shows.
 * @throws ConfigurationError `invalid_option`
 */
export function settingsOf(options: OidcOptions): Settings {
  refuseContradictions(options);
  const { session, backchannel = {}, frontchannel = {} } = options;
  const home = new URL(options.baseUrl).pathname.replace(/\/?$/, '/');
  return Object.freeze({
    ...credentialsOf(options),
    scope: options.scope ?? 'openid profile email',
    authorizationParams: options.authorizationParams ?? {},
    idTokenAlgorithm: options.idTokenSignedResponseAlg,
    userinfo: options.userinfo ?? true,
    clockTolerance: options.clockTolerance ?? 60,
    home,
    returnTo: options.returnTo ?? home,
    extraTrustedAudiences: options.extraTrustedAudiences ?? [],
    loginLifetime: (options.login?.lifetime ?? 900) * 1000,
    maxLogins: options.login?.max ?? 7,
    idle: lifetime(session.idle, 86_400),
    absolute: lifetime(session.absolute, 604_800),
    httpTimeout: options.http?.timeout ?? 5000,
    sealedCookie: session.cookie?.sealed ?? false,
    persistentCookie: session.cookie?.persistent ?? true,
    ignore: session.ignore ?? [],
    csrfOrigins: new Set(options.csrf?.origins),
    skipCsrf: options.dangerouslySkipCsrf ?? false,
    revoke: options.logout?.revoke ?? false,
    backchannel: {
      maxAge: backchannel.maxAge ?? 300,
      requireExp: !backchannel.acceptLogoutTokenWithoutExp,
      strictTyp: backchannel.strictTyp ?? false,
    },
    frontchannel: {
      withoutCookie: frontchannel.withoutCookie ?? true,
      requireIssuer: frontchannel.requireIssuer ?? true,
      frameAncestors: frontchannel.frameAncestors ?? [],
    },
    hooks: options.hooks ?? {},
    allowHttp: options.dangerouslyAllowHttp ?? false,
    secure: isHttps(options.baseUrl),
  });
}

function lifetime(seconds: number | false | undefined, byDefault: number): number {
  return seconds === false ? Infinity : (seconds ?? byDefault) * 1000;
}

function refuseContradictions(options: OidcOptions): void {
  for (const name of ['issuer', 'baseUrl', 'discoveryUrl'] as const) {
    const url = options[name];
    if (url !== undefined && !isHttps(url) && !isLoopback(url) && !options.dangerouslyAllowHttp) {
      throw invalid(
        `Option ${name}: expected https (http is for loopback, or with dangerouslyAllowHttp), came ${show(url)}.`,
      );
    }
  }
  const { session } = options;
  if (session.idle === false && session.absolute === false)
    throw invalid('Options session.idle and session.absolute: expected at least one lifetime, came false twice.');
}

/** Parsed, since a scheme may come in capitals. */
function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:';
}

function invalid(message: string): ConfigurationError {
  return new ConfigurationError('invalid_option', message);
}
