import { getMetadataStorage } from 'class-validator';
import { ConfigurationError, ResponseError, show } from '../errors.js';
import type { errorCodes } from '../errors.js';
import { failuresOf } from './failures.js';
import type { Failure } from './failures.js';
import { copyJson, jsonObject, parseJson, showMember } from './json.js';
import { fromJsonValue, fromText, wiresOf } from './members.js';
import type { Wire } from './members.js';
import { isRepeatable, mergeInto, namesIn, readForm, readText, splitUrl } from './parameters.js';
import type { Parameters } from './parameters.js';

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
  readonly prototype: T;
  readonly name: string;
  readonly extra: 'allow' | 'ignore';
  readonly frozen: boolean;
  readonly nullIsAbsent: boolean | readonly string[];
  readonly maxBytes: number;
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly standIns: Readonly<Record<string, string>>;
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

/** What `fromUrl` and `fromForm` end in, for a class that is not named. */
export function readParameters<T extends Message>(type: MessageClass<T>, parameters: Parameters): T {
  return build(type, textMembers(type, parameters));
}

/** What `fromJson` and `of` do, for a class that is not named. */
export function readJson<T extends Message>(type: MessageClass<T>, body: unknown): T {
  const value = typeof body === 'string' ? parseJson(body, type.maxBytes, type.name) : body;
  return build(type, jsonMembers(type, jsonObject(value, type.name)));
}

/** What the codecs know of a class, collected once from class-validator's metadata and our own. */
interface Shape {
  readonly names: ReadonlySet<string>;
  readonly wires: ReadonlyMap<string, Wire>;
}
const shapes = new WeakMap<object, Shape>();

function shapeOf(type: MessageClass<Message>): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const [own, inherited] = [
    metadata.filter((entry) => entry.target === type),
    metadata.filter((entry) => entry.target !== type),
  ];
  const shape = {
    names: new Set([...inherited, ...own].map((entry) => entry.propertyName)),
    wires: wiresOf(type.prototype),
  };
  shapes.set(type, shape);
  return shape;
}

/** Whether a text holds at least one parameter of the message. */
export function concerns(type: MessageClass<Message>, text: string): boolean {
  const { names } = shapeOf(type);
  return namesIn(text, type.name).some((name) => names.has(name));
}

function textMembers(type: MessageClass<Message>, parameters: Parameters): Map<string, unknown> {
  const { wires } = shapeOf(type);
  const members = new Map<string, unknown>();
  for (const [name, text] of parameters) {
    const value = fromText(wires.get(name), text);
    if (value !== undefined) members.set(name, copyJson(value, type.name, type.frozen));
  }
  return members;
}

function jsonMembers(type: MessageClass<Message>, object: Readonly<Record<string, unknown>>): Map<string, unknown> {
  const { names, wires } = shapeOf(type);
  const { nullIsAbsent } = type;
  const members = new Map<string, unknown>();
  for (const [name, given] of Object.entries(object)) {
    if (given === undefined) continue;
    const value = copyJson(given, type.name, type.frozen); // what is dropped is looked at too: JSON is refused as a whole
    if (value === null && (nullIsAbsent === true || (nullIsAbsent && nullIsAbsent.includes(name)))) continue;
    if (isWanted(type, names, name)) members.set(name, fromJsonValue(wires.get(name), value));
  }
  return members;
}

/** A name that the prototype has would shadow a method, or the constructor by which class-validator finds the constraints. */
function isWanted(type: MessageClass<Message>, names: ReadonlySet<string>, name: string): boolean {
  return !(name in type.prototype) && (type.extra === 'allow' || names.has(name));
}

function build<T extends Message>(type: MessageClass<T>, members: ReadonlyMap<string, unknown>): T {
  const { names } = shapeOf(type);
  const message = new type();
  const target = message as unknown as Record<string, unknown>;
  for (const name of names) {
    const value = members.get(name);
    if (value !== undefined) target[name] = value;
  }
  for (const [name, value] of members) {
    if (!names.has(name) && isWanted(type, names, name)) target[name] = value;
  }
  const failures = failuresOf(message);
  if (failures.length > 0) throw refusal(type, message, failures);
  const replacements = Object.entries(type.standIns).map(([name, other]) => [name, target[other]] as const);
  for (const [name, value] of [...replacements, ...Object.entries(type.defaults)]) {
    if (target[name] === undefined && value !== undefined)
      Object.defineProperty(target, name, { value, enumerable: false });
  }
  return type.frozen ? Object.freeze(message) : message;
}

function refusal(type: MessageClass<Message>, message: Message, failures: readonly Failure[]): ResponseError {
  const code = failures.map(({ member }) => type.memberCodes[member]).find((own) => own !== undefined);
  const texts = failures.map(({ member, problems }) => {
    const value = (message as unknown as Record<string, unknown>)[member];
    return `${problems.isRequired ?? Object.values(problems).join(' and ')}, came ${showMember(member, value)}`;
  });
  return new ResponseError(code ?? 'invalid_message', `${type.name}: ${texts.join('; ')}.`);
}

function parametersOf(message: Message): URLSearchParams {
  const { names } = shapeOf(message.constructor as MessageClass<Message>);
  const members = message as unknown as Record<string, unknown>;
  const extras = Object.keys(members).filter((name) => !names.has(name));
  const parameters = new URLSearchParams();
  for (const name of [...names, ...extras]) {
    for (const text of textsOf(name, members[name])) parameters.append(name, text);
  }
  return parameters;
}

/** A member's texts on the wire: none where it is undefined or an empty list, several where a parameter may repeat. */
function textsOf(name: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [JSON.stringify(value)];
  if (isRepeatable(name)) return value.map(String);
  return value.length > 0 ? [value.join(' ')] : [];
}
