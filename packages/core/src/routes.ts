import { Is } from './check-options.js';
import { ConfigurationError, show } from './errors.js';
import { Optional } from './messages/optional.js';

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^(?:\/[\w.~-]+)+$/.test(value);
}

/** A path below `baseUrl`, or false where the route is turned off. */
function Path(): PropertyDecorator {
  return Is('a path like /auth/login, or false', (value) => value === false || isPath(value));
}

/** `routes`: where each of our routes is mounted below `baseUrl`. */
export class RouteOptions {
  /** GET: starts a login. Default `/auth/login`. */
  @Optional() @Path() login?: string | false;
  /** GET: where the OP sends the browser back to; cannot be turned off. Default `/auth/callback`. */
  @Optional() @Is('a path like /auth/callback', isPath) callback?: string;
  /** POST: signs out here and at the OP. Default `/auth/logout`. */
  @Optional() @Path() logout?: string | false;
  /** GET: where the OP sends the browser after a logout. Default `/auth/logged-out`. */
  @Optional() @Path() loggedOut?: string | false;
  /** POST: takes the OP's logout tokens. Default `/auth/backchannel-logout`. */
  @Optional() @Path() backchannelLogout?: string | false;
  /** GET: framed by the OP when it signs somebody out. Default `/auth/frontchannel-logout`. */
  @Optional() @Path() frontchannelLogout?: string | false;
  /** GET: serves our public keys, where the options have keys. Default `/auth/jwks`. */
  @Optional() @Path() jwks?: string | false;
}

/** The names of our routes. */
export type RouteName = keyof RouteOptions;

/** Which methods each route answers. */
const methods: Readonly<Record<RouteName, string>> = {
  login: 'GET',
  callback: 'GET',
  logout: 'POST',
  loggedOut: 'GET',
  backchannelLogout: 'POST',
  frontchannelLogout: 'GET',
  jwks: 'GET',
};

const defaults: Readonly<Record<RouteName, string>> = {
  login: '/auth/login',
  callback: '/auth/callback',
  logout: '/auth/logout',
  loggedOut: '/auth/logged-out',
  backchannelLogout: '/auth/backchannel-logout',
  frontchannelLogout: '/auth/frontchannel-logout',
  jwks: '/auth/jwks',
};

/** With several clients in one program each has routes of its own. */
function defaultsOf(name: string | undefined): typeof defaults {
  if (name === undefined) return defaults;
  const named = Object.entries(defaults).map(([route, path]) => [route, path.replace('/auth/', `/auth/${name}/`)]);
  return Object.fromEntries(named) as typeof defaults;
}

/** A route of ours that a request names; `allow` is the method it answers. */
export interface Route {
  /** Which one. */
  readonly name: RouteName;
  /** The method that it answers. */
  readonly allow: string;
}

/** Our routes: their URLs, and which of them a path names. */
export class Routes {
  readonly #base: string;
  /** The base URL's path, without a slash at its end. */
  readonly #prefix: string;
  readonly #paths: Readonly<Record<RouteName, string | false>>;
  readonly #byPath = new Map<string, Route>();

  /**
   * @param baseUrl without a slash at its end
   * @param name of the client, which its routes then carry: `/auth/<name>/login`
   * @throws ConfigurationError `invalid_option` when two routes are at one path
   */
  constructor(baseUrl: string, options: RouteOptions = {}, name?: string) {
    this.#base = baseUrl;
    this.#paths = { ...defaultsOf(name), ...options };
    this.#prefix = new URL(baseUrl).pathname.replace(/\/$/, '');
    for (const [name, path] of Object.entries(this.#paths) as [RouteName, string | false][]) {
      if (path !== false) this.#add(name, path);
    }
  }

  #add(name: RouteName, path: string): void {
    const other = this.#byPath.get(this.#prefix + path)?.name;
    if (other !== undefined) {
      throw new ConfigurationError(
        'invalid_option',
        `Options routes.${other} and routes.${name}: expected paths of their own, came ${show(path)} twice.`,
      );
    }
    this.#byPath.set(this.#prefix + path, { name, allow: methods[name] });
  }

  /** The route's URL, or undefined when it is turned off. */
  url(name: RouteName): string | undefined {
    const path = this.#paths[name];
    return path === false ? undefined : this.#base + path;
  }

  /** The path and query that the browser asked for: a proxy in front may have cut off the base URL's path. */
  outside(target: string): string {
    const isWhole = target.startsWith(this.#prefix) && /^(?:[/?]|$)/.test(target.slice(this.#prefix.length));
    return isWhole || !target.startsWith('/') ? target : this.#prefix + target;
  }

  /** The route that a path names exactly; the path begins at the host's root. */
  match(path: string): Route | undefined {
    return this.#byPath.get(path);
  }
}
