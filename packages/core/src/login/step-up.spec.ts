import { refusal } from '../../test/refusal.js';
import { background, codeOf, cookiesOf, linkOf, locationOf, LoginBench } from '../../test/login-bench.js';
import { said } from '../../test/relying-party.js';
import { UserAgent } from '../../test/user-agent.js';
import { type Authentication, classesOf, requireAuthentication, StepUpError } from './step-up.js';

describe('[R82] the login of a session against what is demanded', () => {
  const claims = { acr: 'gold', auth_time: 1000 };
  const time = { now: 1400, tolerance: 60 };

  it.each<[demand: Authentication, of?: { acr?: string; auth_time?: number }]>([
    [{}],
    [{}, undefined],
    [{ acr: 'gold' }],
    [{ acr: 'silver gold' }],
    [{ acr: ['silver', 'gold'] }],
    [{ maxAge: 340 }],
    [{ maxAge: 400, acr: 'gold' }],
  ])('%j is satisfied', (demand, of = claims) => {
    expect(() => requireAuthentication(of, demand, time)).not.toThrow();
  });

  it.each<[demand: Authentication, of?: { acr?: string; auth_time?: number } | null]>([
    [{ acr: 'silver' }],
    [{ acr: 'Gold' }],
    [{ acr: 'gold' }, {}],
    [{ acr: 'gold' }, null],
    [{ maxAge: 339 }],
    [{ maxAge: 0 }],
    [{ maxAge: 100_000 }, { acr: 'gold' }],
    [{ maxAge: 100_000 }, null],
    [{ maxAge: 400, acr: 'silver' }],
    [{ maxAge: 0, acr: 'gold' }],
  ])('%j is not, by %j', async (demand, of = claims) => {
    const error = await refusal(() => requireAuthentication(of ?? undefined, demand, time));
    expect(error).toBeInstanceOf(StepUpError);
    expect(error).toMatchObject({ code: 'insufficient_user_authentication', status: 401, demand });
  });

  it.each<[acr: unknown]>([['gö'], [['a b']], [[1]], [1], ['x'.repeat(257)], [['a\nb']]])(
    '[R96] classes that are none: %j',
    async (acr) => {
      expect(await refusal(() => classesOf({ acr: acr as string }))).toMatchObject({ code: 'invalid_option' });
    },
  );
});

describe('[R18] [R82] a page that demands more than a session', () => {
  let bench: LoginBench;
  beforeAll(async () => (bench = await LoginBench.start()));
  beforeEach(() => bench.clear());
  afterAll(() => bench.stop());

  /** What the OP was asked for by the last login. */
  const asked = (name: string): string | null | undefined =>
    bench.op.requests.findLast(({ path }) => path.endsWith('/authorize'))?.parameters.get(name);

  it('sends a navigation to sign in better, and back; another sign-in ends the one before', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expect(asked('acr_values')).toBeNull();
    bench.op.idToken = { claims: { acr: 'platinum' } };
    const page = await agent.open(`${party.url}/private/well?a=1`);
    expect(said(page)).toMatchObject({ page: '/private/well?a=1', sub: 'ada' });
    expect(asked('acr_values')).toBe('gold platinum');
    expect((await party.client.store.list(party.client.ref, 'ada')).length).toBe(1);
    bench.op.idToken = { claims: { acr: 'gold' } };
    const asks = bench.op.requests.length;
    expect(said(await agent.open(`${party.url}/private/well`)).sub).toBe('ada');
    expect(bench.op.requests.length).toBe(asks);
  });

  it('asks for it at once where nobody is signed in', async () => {
    const party = await bench.party();
    bench.op.idToken = { claims: { acr: 'gold' } };
    const agent = new UserAgent();
    expect(said(await agent.open(`${party.url}/private/well`)).sub).toBe('ada');
    expect([asked('acr_values'), bench.op.at('/authorize').length]).toEqual(['gold platinum', 1]);
    await new UserAgent().open(`${party.url}/private/now`);
    expect([asked('acr_values'), asked('max_age')]).toEqual([null, '300']);
  });

  it('asks again whoever authenticated too long ago', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    expect(said(await agent.open(`${party.url}/private/now`)).sub).toBe('ada');
    expect(asked('max_age')).toBeNull();
    bench.clock.advance(361_000);
    expect(said(await agent.open(`${party.url}/private/now`)).sub).toBe('ada');
    expect(asked('max_age')).toBe('300');
  });

  it('[R5] tells, and does not loop, where the OP does not do better; the session stays', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    for (const acr of [undefined, 'silver']) {
      bench.op.idToken = { claims: { acr } };
      const page = await agent.open(`${party.url}/private/well`);
      expect([page.status, codeOf(page), linkOf(page)]).toEqual([
        502,
        'id_token_acr',
        '/auth/login?returnTo=%2Fprivate%2Fwell',
      ]);
    }
    bench.op.idToken = { claims: { auth_time: bench.op.now - 4000 } };
    bench.clock.advance(361_000);
    expect(codeOf(await agent.open(`${party.url}/private/now`))).toBe('id_token_auth_time');
    expect(await party.whoIs(agent)).toBe('ada');
  });

  it('[R49] answers what is no navigation with 401, and tells where to sign in better', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const answer = await agent.fetch(`${party.url}/private/well`, background);
    expect([answer.status, cookiesOf(answer)]).toEqual([401, { set: [], deleted: [] }]);
    const { location, ...rest } = JSON.parse(answer.text) as { location: string };
    expect(rest).toEqual({
      error: 'insufficient_user_authentication',
      error_description: 'You need to sign in again for this.',
    });
    expect(location).toBe(`${party.url}/auth/login?returnTo=%2Fprivate%2Fwell&acr_values=gold+platinum`);
    bench.op.idToken = { claims: { acr: 'gold' } };
    expect(said(await agent.open(location)).sub).toBe('ada');
    bench.clock.advance(361_000);
    const late = await agent.fetch(`${party.url}/private/now`, background);
    expect(JSON.parse(late.text)).toMatchObject({
      location: `${party.url}/auth/login?returnTo=%2Fprivate%2Fnow&max_age=300`,
    });
  });

  it('[RULE 6.1] looks where a request comes from first', async () => {
    const party = await bench.party();
    const agent = await bench.signedIn(party);
    const page = await agent.fetch(`${party.url}/private/well`, {
      form: { a: '1' },
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect([page.status, codeOf(page)]).toEqual([403, 'csrf_refused']);
  });

  it.each([
    'acr_values=',
    'acr_values=g%C3%B6',
    `acr_values=${'x'.repeat(257)}`,
    'acr_values=a%0Ab',
    'max_age=soon',
    'max_age=-1',
  ])('[R11] a link to sign in with %s is refused', async (query) => {
    const party = await bench.party();
    const page = await new UserAgent().fetch(`${party.url}/auth/login?${query}`);
    expect([page.status, codeOf(page)]).toEqual([400, 'invalid_request']);
  });

  it('a link to sign in may ask for both', async () => {
    const party = await bench.party();
    const away = await new UserAgent().fetch(`${party.url}/auth/login?acr_values=gold&max_age=0`);
    const { searchParams } = new URL(locationOf(away));
    expect([searchParams.get('acr_values'), searchParams.get('max_age')]).toEqual(['gold', '0']);
  });
});
