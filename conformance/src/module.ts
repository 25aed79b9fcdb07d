import type { ErrorCode } from '@latchkey/core';
import type { RpOptions } from './rps/rp.js';
import type { Deviations, LogoutDeviations } from './suite/deviations.js';
import type { Endpoint, Variant } from './suite/test-run.js';
import type { Tour } from './tour.js';

/** One module of the suite: what the OP does wrong, and what a browser does to see what the RP makes of it. */
export interface SuiteModule {
  readonly deviations: Deviations;
  /** Notes as failures of the run what the RP should not have done. */
  readonly scenario: (tour: Tour) => Promise<void>;
  /** What the RP is told in advance, as the module's configuration says. */
  readonly options?: Partial<RpOptions>;
  /** Left out: `client_secret_basic` alone. */
  readonly variants?: readonly Variant[];
}

type Setup = Pick<SuiteModule, 'options' | 'variants'>;

/** The RP signs the user in. */
export function passes(
  deviations: Deviations = {},
  { logins = 1, sees = ['userinfo'], ...setup }: Setup & { logins?: number; sees?: readonly Endpoint[] } = {},
): SuiteModule {
  const scenario = async (tour: Tour): Promise<void> => {
    for (let login = 0; login < logins; login++) await expectSignedIn(tour, await tour.signIn());
    expectErrors(tour, []);
    expectCalls(tour, sees);
  };
  return { deviations, scenario, ...setup };
}

/** The RP refuses with this code, in front of the browser too, signs nobody in and calls nothing after `last`. */
export function refuses(
  code: ErrorCode,
  deviations: Deviations,
  { last = 'token', ...setup }: Setup & { last?: Endpoint } = {},
): SuiteModule {
  const scenario = async (tour: Tour): Promise<void> => {
    await expectRefused(tour, code, await tour.signIn());
    expectCalls(tour, [last]);
  };
  return { deviations: { ...deviations, last }, scenario, ...setup };
}

/** The RP either signs the user in or refuses with this code: the suite passes the one and skips the other. */
export function mayRefuse(code: ErrorCode, deviations: Deviations, setup: Setup = {}): SuiteModule {
  const scenario = async (tour: Tour): Promise<void> => {
    const page = await tour.signIn();
    if (page.status >= 400) return expectRefused(tour, code, page);
    await expectSignedIn(tour, page);
    expectErrors(tour, []);
    expectCalls(tour, ['userinfo']);
  };
  return { deviations, scenario, ...setup };
}

/** The user signs out at the RP; where there is a code, the RP refuses the logout token with it. */
export function signsOut(logout: LogoutDeviations, { code, ...setup }: Setup & { code?: ErrorCode } = {}): SuiteModule {
  const scenario = async (tour: Tour): Promise<void> => {
    await expectSignedIn(tour, await tour.signIn());
    expectLanding(tour, await tour.signOut(), logout.state === undefined);
    expectErrors(tour, code === undefined ? [] : [code]);
    await expectSignedOut(tour);
    expectCalls(tour, logout.channels.includes('front') ? ['end_session', 'frontchannel_callback'] : ['end_session']);
  };
  return { deviations: { logout }, scenario, ...setup };
}

/** The user signs out at the OP, whose page frames the RP's. A sid with reserved characters may reach the RP as another. */
export function isSignedOut(setup: Setup = {}): SuiteModule {
  const scenario = async (tour: Tour): Promise<void> => {
    await expectSignedIn(tour, await tour.signIn());
    await tour.signOutAtOp();
    expectErrors(tour, []);
    if (tour.run.variant.sid === undefined) await expectSignedOut(tour);
    expectCalls(tour, ['token', 'frontchannel_page', 'frontchannel_callback']);
  };
  return { deviations: { logout: { channels: ['front'] } }, scenario, ...setup };
}

async function expectSignedIn(tour: Tour, { status, url }: { status: number; url: string }): Promise<void> {
  const { verdict } = tour.run;
  verdict.expect(
    status === 200 && url === `${tour.baseUrl}/me`,
    `expected /me after a login, came ${status} at ${url}`,
  );
  verdict.expect(await tour.isSignedIn(), 'expected a session after a login, came none');
}

async function expectRefused(tour: Tour, code: ErrorCode, { status }: { status: number }): Promise<void> {
  const { verdict } = tour.run;
  verdict.expect(status >= 400, `expected an error in the browser, came status ${status}`);
  expectErrors(tour, [code]);
  verdict.expect(!(await tour.isSignedIn()), 'expected no session after a refusal, came one');
}

async function expectSignedOut(tour: Tour): Promise<void> {
  tour.run.verdict.expect(!(await tour.isSignedIn()), 'expected no session after a logout, came one');
}

function expectLanding(tour: Tour, { status, url }: { status: number; url: string }, asAsked: boolean): void {
  const { verdict } = tour.run;
  verdict.expect(status >= 200 && status < 300, `expected 2xx after a logout, came ${status} at ${url}`);
  const expected = asAsked ? 'the page that was asked for' : 'another page, since the state is not ours,';
  verdict.expect((url === `${tour.baseUrl}/bye`) === asAsked, `expected ${expected} after a logout, came ${url}`);
}

function expectErrors({ run, errors }: Tour, expected: readonly ErrorCode[]): void {
  const same = errors.length === expected.length && errors.every((code, index) => code === expected[index]);
  run.verdict.expect(same, `expected the RP to log [${expected.join()}], came [${errors.join()}]`);
}

/** These calls came in this order, whatever came between them. */
function expectCalls({ run }: Tour, expected: readonly Endpoint[]): void {
  let found = 0;
  for (const call of run.calls) if (call === expected[found]) found++;
  run.verdict.expect(found === expected.length, `expected calls to ${expected.join()}, came ${run.calls.join()}`);
}
