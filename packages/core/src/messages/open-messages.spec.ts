import { readdirSync } from 'node:fs';
import * as open from './open-messages.js';
import type { MessageClass, Message } from './message.js';

type Classes = Readonly<Record<string, MessageClass<Message>>>;

/** Every class of a file of its own. */
const classes: Classes = Object.assign(
  {},
  ...readdirSync(__dirname)
    .filter((file) => /^[a-z-]+\.ts$/.test(file) && !/^(index|open-messages)\.ts$/.test(file))
    .map((file) => jest.requireActual<Classes>(`./${file}`)),
) as Classes;
const keeping = Object.keys(classes).filter(
  (name) => classes[name]?.extra === 'allow' && !['ServerMetadata', 'JwtMessage'].includes(name),
);

it('are all that keep what they do not know', () => {
  expect(Object.keys(open).sort()).toEqual(keeping.sort());
});

it.each(Object.entries(open as unknown as Classes))('%s is the very class, under its own name', (name, type) => {
  expect(type).toBe(classes[name]);
  expect(type.name).toBe(name);
});

it('tell the types of what they keep', () => {
  const token: open.IdToken<{ roles: string[] }> = open.IdToken.fromJson<{ roles: string[] }>({
    ...{ iss: 'https://op.example', sub: 'ada', aud: 'app', exp: 2, iat: 1 },
    roles: ['admin'],
  });
  const [role]: string[] = token.roles;
  expect(role).toBe('admin');
  expect(token).toBeInstanceOf(open.IdToken);
});
