import { getMetadataStorage } from '../class-parts.js';
import { ResponseError } from '../errors.js';
import { compileValidator } from './compiled-validator.js';
import type { CompiledValidator } from './compiled-validator.js';
import { failuresOf } from './failures.js';
import { copyJson, jsonObject, parseJson, showMember } from './json.js';
import { fromJsonValue, fromText, wiresOf } from './members.js';
import type { Wire } from './members.js';
import type { Message, MessageClass } from './message.js';
import { isRepeatable, namesIn } from './parameters.js';
import type { Parameters } from './parameters.js';

// What every codec does once the wire is read: picks the members of a class, checks them, and freezes what it made.

/** A message while it is made. */
type Members = Record<string, unknown>;

/** What is known of a class, collected once from class-validator's metadata and our own. */
interface Shape {
  /** The declared members, the parents' first. */
  readonly names: ReadonlySet<string>;
  readonly wires: ReadonlyMap<string, Wire>;
  /** Both, one by one: each message is read by it. */
  readonly members: readonly (readonly [name: string, wire: Wire | undefined])[];
  readonly validate: CompiledValidator;
}
const shapes = new WeakMap<object, Shape>();

/** The shape of a class. */
export function shapeOf(type: MessageClass<Message>): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const metadata = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
  const inherited = metadata.filter(({ target }) => target !== type);
  const own = metadata.filter(({ target }) => target === type);
  const names = new Set([...inherited, ...own].map(({ propertyName }) => propertyName));
  const wires = wiresOf(type.prototype);
  const members = [...names].map((name) => [name, wires.get(name)] as const);
  const shape = { names, wires, members, validate: compileValidator(type) };
  shapes.set(type, shape);
  return shape;
}

/** Whether a text holds at least one parameter of the message. */
export function concerns(type: MessageClass<Message>, text: string): boolean {
  const { names } = shapeOf(type);
  return namesIn(text, type.name).some((name) => names.has(name));
}

/** Makes a message from the parameters of a query or a form. */
export function readParameters<T extends Message>(type: MessageClass<T>, parameters: Parameters): T {
  const { names, wires } = shapeOf(type);
  const message = new type();
  const members = message as unknown as Members;
  const set = (name: string, text: string | string[] | undefined): void => {
    const value = text === undefined ? undefined : fromText(wires.get(name), text);
    if (value !== undefined) members[name] = type.frozen && Array.isArray(value) ? Object.freeze(value) : value;
  };
  for (const name of names) set(name, parameters.get(name));
  for (const [name, text] of parameters) if (isExtra(type, names, name)) set(name, text);
  return finish(type, message);
}

/** Makes a message from JSON: its text, or what it parses to. */
export function readJson<T extends Message>(type: MessageClass<T>, body: unknown): T {
  const { name: title, frozen } = type;
  const object = jsonObject(typeof body === 'string' ? parseJson(body, type.maxBytes, title) : body, title);
  const { names, members: declared } = shapeOf(type);
  const message = new type();
  const members = message as unknown as Members;
  for (const [name, wire] of declared) {
    if (!Object.hasOwn(object, name) || object[name] === undefined) continue;
    const value = fromJsonValue(wire, copyJson(object[name], title, frozen));
    if (value !== undefined && !(value === null && isAbsent(type, name))) members[name] = value;
  }
  for (const name of Object.keys(object)) {
    const given = object[name];
    if (names.has(name) || given === undefined) continue;
    const value = copyJson(given, title, frozen); // what is dropped is looked at too: JSON is refused as a whole
    if (isExtra(type, names, name) && !(value === null && isAbsent(type, name))) members[name] = value;
  }
  return finish(type, message);
}

function isAbsent({ nullIsAbsent }: MessageClass<Message>, name: string): boolean {
  return typeof nullIsAbsent === 'boolean' ? nullIsAbsent : nullIsAbsent.includes(name);
}

/** A name that the prototype has would shadow a method, or the constructor by which class-validator finds the constraints. */
function isExtra({ extra, prototype }: MessageClass<Message>, names: ReadonlySet<string>, name: string): boolean {
  return extra === 'allow' && !names.has(name) && !(name in prototype);
}

function finish<T extends Message>(type: MessageClass<T>, message: T): T {
  if (shapeOf(type).validate(message).length > 0) throw refusal(type, message);
  const members = message as unknown as Members;
  for (const name in type.standIns) replace(members, name, members[type.standIns[name] ?? '']);
  for (const name in type.defaults) replace(members, name, type.defaults[name]);
  return type.frozen ? Object.freeze(message) : message;
}

function replace(members: Members, name: string, value: unknown): void {
  if (members[name] === undefined && value !== undefined)
    Object.defineProperty(members, name, { value, enumerable: false });
}

function refusal({ name, memberCodes }: MessageClass<Message>, message: Message): ResponseError {
  const failures = failuresOf(message);
  const code = failures.map(({ member }) => memberCodes[member]).find((own) => own !== undefined);
  const texts = failures.map(({ member, problems }) => {
    const came = showMember(member, (message as unknown as Members)[member]);
    return `${problems.isRequired ?? Object.values(problems).join(' and ')}, came ${came}`;
  });
  return new ResponseError(code ?? 'invalid_message', `${name}: ${texts.join('; ')}.`);
}

/** A message's parameters: declared members in their order, then the others. */
export function parametersOf(message: Message): URLSearchParams {
  const { names } = shapeOf(message.constructor as MessageClass<Message>);
  const members = message as unknown as Members;
  const extras = Object.keys(members).filter((name) => !names.has(name));
  const parameters = new URLSearchParams();
  for (const name of [...names, ...extras]) {
    if (!Object.prototype.propertyIsEnumerable.call(members, name)) continue; // a default is not sent
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
