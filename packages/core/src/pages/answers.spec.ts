import { frameAnswer, htmlAnswer, jsonAnswer, pageAnswer, redirectAnswer } from './answers.js';

const page = { title: 'T', text: ['x'] };

describe('[R48] every answer is private and kept by nobody', () => {
  it.each([
    ['a page', pageAnswer(page), 200],
    ['a page of the program', htmlAnswer('<p>x'), 200],
    ['JSON', jsonAnswer({ a: 1 }), 200],
    ['a redirect', redirectAnswer('/on'), 303],
  ])('%s', (_what, { headers, status }, expected) => {
    expect(status).toBe(expected);
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('same-origin');
  });
});

it("a page of ours has its policy, one of the program has the program's", () => {
  expect(pageAnswer(page).headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(htmlAnswer('<p>x').headers.get('content-security-policy')).toBeNull();
});

it.each([
  ['a page', pageAnswer(page), 'text/html; charset=utf-8'],
  ['JSON', jsonAnswer({}), 'application/json'],
])('%s says what it is', (_what, { headers }, type) => expect(headers.get('content-type')).toBe(type));

it('[R12] a redirect is 303 and has no body', async () => {
  const answer = redirectAnswer('/on', { headers: { 'Referrer-Policy': 'no-referrer' } });
  expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([303, '/on', '']);
  expect(answer.headers.get('referrer-policy')).toBe('no-referrer');
});

it('sets each cookie in a line of its own', () => {
  expect(jsonAnswer({}, { cookies: ['a=1; Path=/', 'b=2; Path=/'] }).headers.getSetCookie()).toEqual([
    'a=1; Path=/',
    'b=2; Path=/',
  ]);
});

it('[RULE 3.7] a framed answer names who may frame it', async () => {
  const answer = frameAnswer('Signed out.', ['https://op.example', 'https://login.op.example']);
  expect(answer.headers.get('content-security-policy')).toBe(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors https://op.example https://login.op.example",
  );
  expect(await answer.text()).toContain('Signed out.');
});
