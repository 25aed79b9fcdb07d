import { WebFingerResponse } from './index.js';

it.each([
  [[{ rel: 'r', href: 'h', type: 't', titles: { und: 'x' } }], true],
  [[{ rel: 'r' }], true],
  [[], true],
  [[{ href: 'h' }], false],
  [[{ rel: 'r', href: 5 }], false],
  [['r'], false],
  [{ rel: 'r' }, false],
])('links %p: %p', (links, good) => {
  const read = (): unknown => WebFingerResponse.fromJson({ links }).links;
  if (good) expect(read()).toEqual(links);
  else expect(read).toThrow('links must be a list of objects with a rel');
});
