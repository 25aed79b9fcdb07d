import fc from 'fast-check';
import {
  gatherMetadataOnce,
  goodMembers,
  inText,
  minutes,
  runs,
  types,
  type Members,
} from '../../test/random-messages.js';
import type { Message } from './index.js';

beforeAll(gatherMetadataOnce);

const written = (message: Message): Members => ({ ...message.toJSON(), class: message.constructor.name });

describe.each(types)('%s', (name, type) => {
  const good = goodMembers(name, type);

  const json = fc.property(good, (members) => {
    const message = type.fromJson(members);
    const back = type.fromJson(JSON.stringify(message));
    expect(written(back)).toEqual(written(message));
    const sent = Object.entries(members).filter(([name]) => !(name in type.prototype));
    expect(message.toJSON()).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(sent))));
  });
  it('comes back from JSON as it went', () => fc.assert(json, runs(500, 100)), minutes);

  const parts = fc.constantFrom('query' as const, 'fragment' as const);
  const text = fc.property(good, parts, (members, part) => {
    const message: Message = type.fromJson(members);
    expect(written(type.fromForm(message.toForm()))).toEqual(written(message));
    expect(written(type.fromUrl(message.toUrl('https://a.example/b', part), part))).toEqual(written(message));
  });
  if (inText.test(name))
    it('comes back from forms and URLs as it went', () => fc.assert(text, runs(500, 100)), minutes);
});
