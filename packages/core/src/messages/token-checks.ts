import { systemClock } from '../clock.js';
import { ConfigurationError, ResponseError, show } from '../errors.js';
import type { ResponseErrorCode } from './message.js';

/** What every `validate` may be told of time, in seconds. */
export interface TimeExpectations {
  /** How far the clocks may differ; 0 when left out. */
  clockTolerance?: number;
  /** The time to judge by; the system clock when left out. */
  now?: number;
}

/** Time as the checks use it, in seconds. */
export interface Moment {
  readonly now: number;
  readonly tolerance: number;
  /** The latest time that does not count as the future: OPs run a little ahead, also where the tolerance is 0 (RULES 5.1). */
  readonly latest: number;
}

/** Reads the time to judge by. @throws ConfigurationError `invalid_option` where it is no time: NaN would pass every comparison */
export function momentOf({ clockTolerance: tolerance = 0, now = systemClock.now() / 1000 }: TimeExpectations): Moment {
  expectSeconds('now', now);
  expectSeconds('clockTolerance', tolerance);
  return { now, tolerance, latest: now + Math.max(tolerance, 10) };
}

/** @throws ConfigurationError `invalid_option` where nothing was given to hold a token against */
export function expectGiven(expectations: unknown): void {
  if (typeof expectations !== 'object' || expectations === null) wrong('expectations', 'an object', expectations);
}

/** An option that is missing or of the wrong kind would skip its check silently, so it is refused instead. */
export function expectSeconds(name: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    wrong(name, 'seconds, a finite number from 0', value);
}

/** @throws ConfigurationError `invalid_option` */
export function expectText(name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') wrong(name, 'a string that is not empty', value);
}

/** A string in place of a list would be searched for parts of itself. @throws ConfigurationError `invalid_option` */
export function expectTexts(name: string, value: unknown): void {
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string'))
    wrong(name, 'a list of strings', value);
}

/** @throws ConfigurationError `invalid_option` */
export function wrong(name: string, expected: string, value: unknown): never {
  throw new ConfigurationError('invalid_option', `validate: expected ${name} to be ${expected}, came ${show(value)}.`);
}

/** @throws ResponseError that says what was expected */
export function refuse(code: ResponseErrorCode, expected: string): never {
  throw new ResponseError(code, `Expected ${expected}.`);
}

/** `aud` as a list; nothing where it is neither a string nor a list. */
export function audienceOf(aud: unknown): readonly unknown[] {
  return typeof aud === 'string' ? [aud] : Array.isArray(aud) ? (aud as unknown[]) : [];
}

/** `clientId` is in the audience, and nobody is whom we do not trust. */
export function checkAudience(
  aud: unknown,
  clientId: string,
  trusted: readonly string[],
  code: ResponseErrorCode,
): void {
  const audience = audienceOf(aud);
  if (!audience.includes(clientId)) refuse(code, `aud to contain ${show(clientId)}, came ${show(aud)}`);
  const stranger = audience.find((party) => party !== clientId && !trusted.includes(party as string));
  if (stranger !== undefined) refuse(code, `aud to hold nobody but trusted audiences, came ${show(stranger)}`);
}

/** Goes on when a callback's verdict, at once or promised, is `true`; anything else, nothing included, refuses. */
export function whenAccepted(
  verdict: boolean | Promise<boolean>,
  otherwise: () => never,
  next: () => void | Promise<void>,
): void | Promise<void> {
  const decide = (accepted: boolean): void | Promise<void> => (accepted === true ? next() : otherwise());
  const { then } = Object(verdict) as { then?: unknown };
  return typeof then === 'function' ? (verdict as Promise<boolean>).then(decide) : decide(verdict as boolean);
}
