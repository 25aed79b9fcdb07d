import { randomInt } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';

/** All of VSCHAR that is neither letter nor digit. [RFC 6749 appendix A](https://www.rfc-editor.org/rfc/rfc6749#appendix-A) */
export const punctuation = ' !"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

export function randomLetters(count: number): string {
  return pick(letters, count);
}

export function randomAlphanumeric(count: number): string {
  return pick(letters + digits, count);
}

/** The suite's shape of an identifier: 20 letters, 10 digits, and what comes behind them. */
export function identifier(end: string): string {
  return pick(letters, 20) + pick(digits, 10) + end;
}

function pick(from: string, count: number): string {
  return Array.from({ length: count }, () => from[randomInt(from.length)]).join('');
}
