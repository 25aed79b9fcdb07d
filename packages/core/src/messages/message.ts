import { ConfigurationError, show } from '../errors.js';
import type { errorCodes } from '../errors.js';
import { concerns, parametersOf, readJson, readParameters, shapeOf } from './build.js';
import { mergeInto, readForm, readText, splitUrl } from './parameters.js';

/** The codes that a message which came in can be refused with. */
export type ResponseErrorCode = (typeof errorCodes.response)[number];
/** No members beyond the declared ones. */
export type Extra = Record<never, never>;
/** The members of a message, without its methods: what `of` takes. */
export type Members<T> = { [K in keyof T as T[K] extends (...args: never[]) => unknown ? never : K]: T[K] };
/** Where in a URL the parameters stand; `auto` takes the fragment when it holds at least one parameter of the message. */
export type UrlPart = 'query' | 'fragment' | 'auto';

/** A message's class, as the codecs see it. */
export interface MessageClass<T extends Message> {
  new (): T;
  /** What its instances inherit: the methods. */
  readonly prototype: T;
  /** The message's name, with which every refusal begins. */
  readonly name: string;
  /** Whether unknown members are kept. */
  readonly extra: 'allow' | 'ignore';
  /** Whether instances are immutable. */
  readonly frozen: boolean;
  /** For which members `null` means absent. */
  readonly nullIsAbsent: boolean | readonly string[];
  /** How long JSON text may be. */
  readonly maxBytes: number;
  /** What an absent member reads as. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Which other member an absent member reads as. */
  readonly standIns: Readonly<Record<string, string>>;
  /** The error codes of members that have one of their own. */
  readonly memberCodes: Readonly<Record<string, ResponseErrorCode>>;
}

/**
 * The base of every message: reads one from the wire, checks its members, and writes it to the wire.
 * Members keep their wire names. A member whose name the prototype has (`constructor`, `validate`) is dropped unread.
 */
export abstract class Message {
  /** Whether unknown members are kept and sent on, or ignored. */
  static readonly extra: 'allow' | 'ignore' = 'ignore';
  /** Whether instances are immutable, all the way down. */
  static readonly frozen: boolean = true;
  /** For which members `null` means absent; where it does not, it is checked like any other value. */
  static readonly nullIsAbsent: boolean | readonly string[] = false;
  /** How long JSON text may be (RULES 7.3). */
  static readonly maxBytes: number = 64 * 1024;
  /** What an absent member reads as, by the spec; such a member is not enumerable and is not sent. */
  static readonly defaults: Readonly<Record<string, unknown>> = {};
  /** Which other member an absent member reads as; it is not enumerable and not sent either. */
  static readonly standIns: Readonly<Record<string, string>> = {};
  /** The error codes of members that have one of their own. */
  static readonly memberCodes: Readonly<Record<string, ResponseErrorCode>> = {};

  /**
   * Reads the message from a URL's query or fragment.
   * @throws ResponseError `invalid_message`, `duplicate_parameter`, `message_too_large`
   */
  static fromUrl<T extends Message, E extends object = Extra>(
    this: MessageClass<T>,
    url: string | URL,
    part: UrlPart = 'auto',
  ): T & Readonly<E> {
    const { query, fragment } = splitUrl(String(url));
    const inFragment = part === 'fragment' || (part === 'auto' && concerns(this, fragment));
    return readParameters(this, readText(inFragment ? fragment : query, this.name)) as T & E;
  }

  /**
   * Reads the message from a form body: its text, URLSearchParams, or the object that a body parser made of it.
   * @throws ResponseError `invalid_message`, `duplicate_parameter`, `message_too_large`
   */
  static fromForm<T extends Message, E extends object = Extra>(this: MessageClass<T>, body: unknown): T & Readonly<E> {
    return readParameters(this, readForm(body, this.name)) as T & E;
  }

  /**
   * Reads the message from JSON text, or from the object that it parses to; JWT claims too.
   * @throws ResponseError `invalid_message`, `message_too_large`, or the code of the member that fails
   */
  static fromJson<T extends Message, E extends object = Extra>(this: MessageClass<T>, body: unknown): T & Readonly<E> {
    return readJson(this, body) as T & E;
  }

  /**
   * Makes the message from its members, by the rules of JSON.
   * @throws ResponseError `invalid_message`, or the code of the member that fails
   */
  static of<T extends Message, E extends object = Extra>(
    this: MessageClass<T>,
    members: Members<T> & E,
  ): T & Readonly<E> {
    return readJson(this, members) as T & E;
  }

  /** The message as `application/x-www-form-urlencoded` text: declared members in their order, then the others; undefined ones are left out. */
  toForm(): string {
    return parametersOf(this).toString();
  }

  /** The URL with the message in its query or fragment; what stands there stays, save parameters of the same name. */
  toUrl(base: string | URL, part: 'query' | 'fragment' = 'query'): string {
    if (!URL.canParse(String(base)))
      throw new ConfigurationError('invalid_option', `toUrl: expected an absolute URL, came ${show(base)}.`);
    const { head, query, fragment } = splitUrl(String(base));
    const parts = { query, fragment, [part]: mergeInto(part === 'query' ? query : fragment, parametersOf(this)) };
    return `${head}${parts.query && `?${parts.query}`}${parts.fragment && `#${parts.fragment}`}`;
  }

  /** The members as JSON writes them: points in time in whole seconds, undefined members left out. */
  toJSON(): Record<string, unknown> {
    const { wires } = shapeOf(this.constructor as MessageClass<Message>);
    const entries = Object.entries(this).filter(([, value]) => value !== undefined);
    return Object.fromEntries(
      entries.map(([name, value]) => [
        name,
        wires.get(name) === 'date' ? Math.floor(value as number) : (value as unknown),
      ]),
    );
  }
}
