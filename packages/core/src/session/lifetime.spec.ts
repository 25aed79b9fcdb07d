import { optionsFor } from '../../test/relying-party.js';
import { settingsOf, type Settings } from '../client/settings.js';
import { expiryOf, touchIsDue } from './lifetime.js';
import type { SessionRecord } from './session-store.js';

const settings = (session: { idle?: number | false; absolute?: number | false }): Settings =>
  settingsOf(optionsFor('https://op.example', 'https://app.example', { session }));
const usedAt = (time: number): SessionRecord => ({ usedAt: time }) as SessionRecord;

describe('[R45] when a session ends', () => {
  it.each([
    ['idle comes first', { idle: 60, absolute: 3600 }, 1000, 61_000],
    ['absolute comes first', { idle: 60, absolute: 3600 }, 3_590_000, 3_600_000],
    ['both at once', { idle: 60, absolute: 3600 }, 3_540_000, 3_600_000],
    ['[D4] no absolute lifetime', { idle: 60, absolute: false as const }, 3_590_000, 3_650_000],
    ['no idle lifetime', { idle: false as const, absolute: 3600 }, 3_590_000, 3_600_000],
    ['the defaults: a day', {}, 0, 86_400_000],
    ['the defaults: seven days', {}, 7 * 86_400_000, 7 * 86_400_000],
  ])('%s', (_what, session, used, expected) => {
    expect(expiryOf(settings(session), { startedAt: 0 }, used)).toBe(expected);
  });

  it.each([
    ['before both', {}, 5000, 5000],
    ['after both', { idle: 60 }, 90_000, 61_000],
    ['without an absolute lifetime', { idle: 60, absolute: false as const }, 5000, 5000],
  ])('when the OP says, %s', (_what, session, endsBy, expected) => {
    expect(expiryOf(settings(session), { startedAt: 0, endsBy }, 1000)).toBe(expected);
  });
});

describe('[R45] when a use is worth a note', () => {
  it.each([
    ['once a minute', {}, 59_999, false],
    ['once a minute', {}, 60_000, true],
    ['also without an idle lifetime', { idle: false as const }, 59_999, false],
    ['also without an idle lifetime', { idle: false as const }, 60_000, true],
    ['a tenth of a short idle lifetime', { idle: 60 }, 5999, false],
    ['a tenth of a short idle lifetime', { idle: 60 }, 6000, true],
    ['a minute, where a tenth is more', { idle: 600 }, 60_000, true],
    ['a clock that was turned back', {}, -3_600_000, false],
  ])('%s: %j, %i ms after the last', (_what, session, passed, expected) => {
    expect(touchIsDue(settings(session), usedAt(5000), 5000 + passed)).toBe(expected);
  });
});
