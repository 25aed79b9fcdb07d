import { counters, nameOf } from './instruments.js';

const all = Object.entries(counters).flatMap(([channel, types]) =>
  Object.entries(types).map(([type, [unit, description]]) => ({
    name: nameOf(channel as keyof typeof counters, type),
    unit,
    description,
  })),
);

it('are each called by channel and type', () => {
  expect(nameOf('latchkey:login', 'started')).toBe('latchkey.login.started');
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
});

it.each(all)('$name has a name and a unit as OpenTelemetry wants them, and says what it counts', (one) => {
  expect(one.name).toMatch(/^[a-z][a-z_.]{0,254}$/);
  expect(one.unit).toMatch(/^\{[a-z]+\}$/); // counted things stand in braces
  expect(one.description).toMatch(/^[A-Z].*\.$/);
});
