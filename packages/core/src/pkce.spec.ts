import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeChallengeOf, createCodeVerifier } from './pkce.js';

interface Vector {
  readonly op: string;
  readonly input: string;
  readonly encoded: string;
  readonly why: string;
}

const vectors = JSON.parse(readFileSync(join(__dirname, '../test/vectors/messages.json'), 'utf8')) as Vector[];
const pkce = vectors.filter(({ op }) => op === 'pkce-s256');

it('has vectors', () => expect(pkce).toHaveLength(4));

it.each(pkce)('[R2] S256 of $input is $encoded ($why)', ({ input, encoded }) => {
  expect(codeChallengeOf(input)).toBe(encoded);
});

it('[R2] a verifier has 43 unreserved characters and never comes again', () => {
  const verifiers = Array.from({ length: 100 }, createCodeVerifier);
  expect(new Set(verifiers).size).toBe(100);
  for (const verifier of verifiers) expect(verifier).toMatch(/^[A-Za-z0-9_-]{43}$/);
});
