import { readChallenge } from '../messages/challenge.js';
import { dpopAlgorithms } from './dpop.js';
import { type ChallengeOptions, Challenges } from './token-challenge.js';

const algs = `algs="${dpopAlgorithms.join(' ')}"`;
const wrong = { error: 'invalid_token', error_description: 'Bad.' };
const told = 'error="invalid_token", error_description="Bad."';

describe('[R71] [R72] the challenges of an API', () => {
  it.each<[string, ChallengeOptions, string, string, string]>([
    ['that takes Bearer alone', { dpop: 'never' }, 'Bearer', `Bearer ${told}`, `Bearer ${told}`],
    [
      'that takes both',
      { dpop: 'taken' },
      `Bearer, DPoP ${algs}`,
      `Bearer ${told}, DPoP ${algs}`,
      `Bearer, DPoP ${told}, ${algs}`,
    ],
    ['that takes DPoP alone', { dpop: 'required' }, `DPoP ${algs}`, `DPoP ${told}, ${algs}`, `DPoP ${told}, ${algs}`],
    [
      '[R83] with a name and metadata',
      { dpop: 'never', realm: 'the "orders"', resourceMetadata: 'https://api.example/.well-known/x' },
      'Bearer realm="the \\"orders\\"", resource_metadata="https://api.example/.well-known/x"',
      `Bearer realm="the \\"orders\\"", resource_metadata="https://api.example/.well-known/x", ${told}`,
      `Bearer realm="the \\"orders\\"", resource_metadata="https://api.example/.well-known/x", ${told}`,
    ],
  ])('%s', (_name, options, ...expected) => {
    const challenges = new Challenges(options);
    expect([challenges.bare, challenges.for('Bearer', wrong), challenges.for('DPoP', wrong)]).toEqual(expected);
  });
});

it('says the name of the API with each scheme, and what was wrong with one', () => {
  const header = new Challenges({ dpop: 'taken', realm: 'orders' }).for('DPoP', wrong);
  expect(readChallenge(header, 'Bearer')).toEqual({ realm: 'orders' });
  expect(readChallenge(header, 'DPoP')).toEqual({ realm: 'orders', ...wrong, algs: dpopAlgorithms.join(' ') });
});
