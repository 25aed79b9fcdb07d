import { TestClock } from '../../test/clock.js';
import { refusal } from '../../test/refusal.js';
import { MemoryStore } from '../session/memory-store.js';
import { senderSettingsOf } from './sender-settings.js';
import { checkTokenOptions, type TokenOptions } from './token-options.js';

const clock = new TestClock();
const store = new MemoryStore({ clock });
const baseUrl = 'https://api.example';
const secret = 'a secret of at least thirty-two bytes';
const of = (more: Partial<TokenOptions>): ReturnType<typeof senderSettingsOf> => {
  const { options } = checkTokenOptions({ issuer: 'https://op.example', audience: baseUrl, ...more });
  return senderSettingsOf(options, { clock, store });
};

it('holds senders to nothing where nothing is said, so that bound tokens are refused', () => {
  const none = { dpop: undefined, mtls: undefined, clock, tolerance: 60 };
  expect(of({})).toEqual(none);
  expect(of({ dpop: false, mtls: false })).toEqual(none);
});

it('fills in the defaults', () => {
  const { dpop, mtls, tolerance } = of({ dpop: true, mtls: true, baseUrl, clockTolerance: 5 });
  expect({ ...dpop, store: dpop?.store === store }).toEqual({ required: false, window: 60, baseUrl, store: true });
  expect([mtls?.required, tolerance]).toEqual([false, 5]);
});

it('takes what is said', () => {
  const { dpop, mtls } = of({ dpop: { required: true, window: 5 }, mtls: { required: true }, baseUrl });
  expect([dpop?.required, dpop?.window, dpop?.nonces, mtls?.required]).toEqual([true, 5, undefined, true]);
});

it('[R79] asks for nonces: of this process, or of all that share a secret', () => {
  const nonceOf = (nonce: boolean | string | string[]): string | undefined =>
    of({ dpop: { nonce }, baseUrl }).dpop?.nonces?.current();
  expect(nonceOf(true)).not.toBe(nonceOf(true));
  expect(nonceOf(secret)).toBe(nonceOf([secret, `another ${secret}`]));
  expect(nonceOf(false)).toBeUndefined();
});

it.each<[string, Partial<TokenOptions>]>([
  ['Option baseUrl: expected where this program is reached, since dpop is on, came nothing.', { dpop: true }],
  [
    'Option dpop.window: expected a whole number of seconds, from 1 to 300, came 301.',
    { dpop: { window: 301 }, baseUrl },
  ],
  ['Option dpop.nonces is unknown.', { dpop: { nonces: true } as object, baseUrl }],
  [
    'Option dpop.nonce: expected true, false, or texts of at least 32 bytes, came a text of 6 bytes.',
    { dpop: { nonce: 'sesame' }, baseUrl },
  ],
  [
    'Option dpop.nonce: expected a secret of at least 32 bytes, or a list of such secrets, came none.',
    { dpop: { nonce: [] }, baseUrl },
  ],
  ['Option mtls.required: expected true or false, came "yes".', { mtls: { required: 'yes' as never } }],
  [
    'Option mtls: expected header, format and trustedProxies together, or none of them, came ["client-cert"].',
    { mtls: { header: 'client-cert' } },
  ],
])('[R96] refuses: %s', async (message, options) => {
  expect(await refusal(() => of(options))).toMatchObject({ code: 'invalid_option', message });
});
