/** A member of objects that are somebody else's. */
export interface HiddenMember<T> {
  /** What was set; undefined where nothing was. */
  get(host: object): T | undefined;
  /** Gives an object the member, or another value of it. */
  set(host: object, value: T): void;
}

/** Its constructor returns what it is given: what extends it gives that its private members. */
class Host {
  constructor(host: object) {
    return host;
  }
}

/**
 * What bears the member: of a request of Node's, the list of the lines that it came with. Express changes the prototypes
 * of requests, so that no two have the same hidden class, and whatever is hung on one, or looked for, costs as much as a
 * dozen members elsewhere; their lists are alike. An empty list bears nothing: it might be one that requests share.
 */
function bearerOf(host: object): object {
  if (!Object.hasOwn(host, 'rawHeaders')) return host;
  const { rawHeaders } = host as { readonly rawHeaders: unknown };
  return Array.isArray(rawHeaders) && rawHeaders.length > 0 ? rawHeaders : host;
}

/**
 * A member that an object of somebody else's has for us alone: no log shows it and no copy has it. A WeakMap would hide
 * as much, but all that it holds outlives its request to the next big collection, which costs each request more than
 * everything else here. The value should not lead back to its host, which costs as much.
 */
export function hiddenMember<T>(): HiddenMember<T> {
  return class Member extends Host {
    #value: T;

    constructor(host: object, value: T) {
      super(host);
      this.#value = value;
    }

    static get(host: object): T | undefined {
      const bearer = bearerOf(host);
      return #value in bearer ? bearer.#value : undefined;
    }

    static set(host: object, value: T): void {
      const bearer = bearerOf(host);
      if (#value in bearer) bearer.#value = value;
      else new Member(bearer, value);
    }
  };
}
