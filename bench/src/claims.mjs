// What it costs to validate the claims of an ID token, beside the usual ways to do it and beside reading them at all.
import { Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { z } from 'zod';
import { IdToken } from '../../packages/core/dist/index.js';
import { compileValidator } from '../../packages/core/dist/messages/compiled-validator.js';
import { inTurn, printRatios } from './in-turn.mjs';

const claims = {
  iss: 'https://op.example',
  sub: '248289761001',
  aud: 'shop',
  exp: 1893456000,
  iat: 1893452400,
  auth_time: 1893452300,
  nonce: 'n-0S6_WzA2MjkJ9rT4bC1xQ7vE8yU5pL2dF6gH3wZ',
  acr: 'urn:mace:incommon:iap:silver',
  amr: ['pwd', 'otp'],
  azp: 'shop',
  sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
  at_hash: '77QmUPtjPfzWtF2AnpK9RQ',
};
const text = JSON.stringify(claims);

const date = z.number().min(0).max(253402300799);
const zod = z.looseObject({
  iss: z.string(),
  sub: z.string().min(1).max(255),
  aud: z.union([z.string(), z.array(z.string())]),
  exp: date,
  iat: date,
  nbf: date.optional(),
  auth_time: date.optional(),
  nonce: z.string().optional(),
  acr: z.string().optional(),
  amr: z.array(z.string()).optional(),
  azp: z.string().optional(),
  sid: z.string().optional(),
});

const moment = Type.Number({ minimum: 0, maximum: 253402300799 });
const typebox = TypeCompiler.Compile(
  Type.Object({
    iss: Type.String(),
    sub: Type.String({ minLength: 1, maxLength: 255 }),
    aud: Type.Union([Type.String(), Type.Array(Type.String())]),
    exp: moment,
    iat: moment,
    nbf: Type.Optional(moment),
    auth_time: Type.Optional(moment),
    nonce: Type.Optional(Type.String()),
    acr: Type.Optional(Type.String()),
    amr: Type.Optional(Type.Array(Type.String())),
    azp: Type.Optional(Type.String()),
    sid: Type.Optional(Type.String()),
  }),
);

const isText = (value) => typeof value === 'string';
const isDate = (value) => typeof value === 'number' && value >= 0 && value <= 253402300799;
const absentOr = (passes, value) => value === undefined || passes(value);
const isTexts = (value) => Array.isArray(value) && value.every(isText);
function byHand(token) {
  return (
    isText(token.iss) &&
    isText(token.sub) &&
    token.sub.length > 0 &&
    token.sub.length <= 255 &&
    (isText(token.aud) || isTexts(token.aud)) &&
    isDate(token.exp) &&
    isDate(token.iat) &&
    absentOr(isDate, token.nbf) &&
    absentOr(isDate, token.auth_time) &&
    absentOr(isText, token.nonce) &&
    absentOr(isText, token.acr) &&
    absentOr(isTexts, token.amr) &&
    absentOr(isText, token.azp) &&
    absentOr(isText, token.sid)
  );
}

const token = IdToken.fromJson(claims);
const compiled = compileValidator(IdToken);
const broken = Object.assign(Object.create(IdToken.prototype), claims, { exp: 'soon' });

// Nothing is timed that does not tell good from bad.
const verdicts = {
  'by hand': [byHand(claims), byHand(broken)],
  typebox: [typebox.Check(claims), typebox.Check(broken)],
  zod: [zod.safeParse(claims).success, zod.safeParse(broken).success],
  'Latchkey, compiled': [compiled(token).length === 0, compiled(broken).length === 0],
  'class-validator': [validateSync(token).length === 0, validateSync(broken).length === 0],
};
for (const [name, [good, bad]] of Object.entries(verdicts)) {
  if (!good || bad) throw new Error(`${name} does not tell good claims from bad ones.`);
}

printRatios(
  `The ${Object.keys(claims).length} claims of an ID token, ${text.length} characters of JSON`,
  inTurn({
    'JSON.parse': () => JSON.parse(text),
    'by hand': () => byHand(claims),
    typebox: () => typebox.Check(claims),
    zod: () => zod.safeParse(claims),
    'Latchkey, compiled': () => compiled(token),
    'Latchkey, fromJson (copied and frozen)': () => IdToken.fromJson(claims),
    'class-transformer + class-validator': () => validateSync(plainToInstance(IdToken, claims)),
  }),
  'JSON.parse',
);

// Twice the length must take about twice the time: no reader of ours looks at a character again and again.
const long = (length) => JSON.stringify({ ...claims, note: 'x'.repeat(length) });
const [short, double] = [long(16_000), long(32_000)];
printRatios(
  'Reading by length',
  inTurn({ '16 KB': () => IdToken.fromJson(short), '32 KB': () => IdToken.fromJson(double) }),
  '16 KB',
);
