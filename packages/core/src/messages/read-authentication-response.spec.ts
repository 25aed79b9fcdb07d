import { HybridAuthenticationResponse, readAuthenticationForm, readAuthenticationResponse } from './index.js';

const url = 'https://rp.example/cb';
type Read = { ok: true; response: object } | { ok: false; error: object };
const plain = (read: Read): unknown => ({ ...(read.ok ? read.response : read.error), ok: read.ok });

it.each([
  [`${url}?code=c&state=s`, undefined, { ok: true, code: 'c', state: 's' }],
  [`${url}?error=access_denied&state=s`, undefined, { ok: false, error: 'access_denied', state: 's' }],
  [`${url}?error=odd&code=c`, undefined, { ok: false, error: 'odd', code: 'c' }],
  [`${url}?error=&code=c`, undefined, { ok: true, code: 'c' }],
  [`${url}?code=q#code=f`, undefined, { ok: true, code: 'f' }],
  [`${url}?code=q#code=f`, 'query', { ok: true, code: 'q' }],
  [`${url}?code=q#_=_`, undefined, { ok: true, code: 'q' }],
  [`${url}?x=1#error=access_denied`, undefined, { ok: false, error: 'access_denied' }],
  [`${url}#error=access_denied`, 'fragment', { ok: false, error: 'access_denied' }],
] as const)('reads %s, %p', (from, part, members) => {
  expect(plain(readAuthenticationResponse(from, part))).toEqual(members);
});

it('reads more than a code where it is told to', () => {
  const from = `${url}#access_token=a&token_type=Bearer&expires_in=60&id_token=i`;
  const read = readAuthenticationResponse(from, 'auto', HybridAuthenticationResponse);
  expect(read.ok && read.response.expires_in).toBe(60);
  expect(() => readAuthenticationResponse(from)).toThrow('code must be a string');
});

it.each([`${url}`, `${url}?state=s`, `${url}?code=a&code=b`, `${url}?error=a&error=b`])('[R14] refuses %s', (from) => {
  expect(() => readAuthenticationResponse(from)).toThrow(/expected every parameter once|code must be a string/);
});

it('reads forms', () => {
  expect(plain(readAuthenticationForm('code=c&state=s'))).toEqual({ ok: true, code: 'c', state: 's' });
  expect(plain(readAuthenticationForm({ error: 'a' }))).toEqual({ ok: false, error: 'a' });
  expect(plain(readAuthenticationForm('id_token=i', HybridAuthenticationResponse))).toEqual({
    ok: true,
    id_token: 'i',
  });
});
