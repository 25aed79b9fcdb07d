import { answering, beginLogin, beginLogout, DeniedError, hiddenMember, send } from '@latchkey/core';
import type { LogoutRequest, Session, Visit } from '@latchkey/core';
import type { Request, Response } from 'express';
import { giveMember } from './members.js';
import type { RequestOidc, ResponseOidc } from './types.js';

/** What `oidc()` made of the requests that it has seen. */
const seen = hiddenMember<Seen>();

/**
 * The visit that `oidc()` made of this request.
 * @throws TypeError when `oidc()` was not mounted before
 */
export function visitOf(req: object, guard = 'requireLogin()'): Visit {
  const found = seen.get(req);
  if (!found) throw new TypeError(`Expected app.use(oidc(...)) before ${guard}, came a request that it has not seen.`);
  return found.visit;
}

/** The same, for those who can do without. */
export function seenVisitOf(req: object): Visit | undefined {
  return seen.get(req)?.visit;
}

/** Lets `req.oidc` be of nobody: something else than the session has decided about this request. */
export function takeNoSession(req: object): void {
  seen.get(req)?.takeNoSession();
}

/** Hangs `req.oidc` and `res.oidc` on a request, whose session is read before anybody sees them. */
export function attach(visit: Visit, req: Request, res: Response): void {
  seen.set(req, new Seen(visit));
  req.res ??= res; // as Express does: so a request leads to what must be marked
  giveMember(req, 'oidc', viewOf);
  giveMember(res, 'oidc', actsOf);
}

/**
 * Marks a response that depends on the session: no shared cache may keep it, so it is also the one to carry the
 * cookies that reading the session brought about.
 */
export function dependOnSession(visit: Visit, res: Response): void {
  if (res.headersSent) return;
  if (res.getHeader('Cache-Control') !== ofOneUser) res.setHeader('Cache-Control', ofOneUser);
  for (const cookie of visit.takeCookies()) res.append('Set-Cookie', cookie);
}

const ofOneUser = 'private, no-store';

const viewOf = (req: Request): RequestOidc | undefined => seen.get(req)?.view(req.res!);
const actsOf = (res: Response): ResponseOidc | undefined => {
  const visit = seenVisitOf(res.req);
  return visit && new Acts(visit, res);
};

/** What hangs on a request, and leads to neither it nor its response. */
class Seen {
  readonly visit: Visit;
  #view: View | undefined;
  #isNobody = false;

  constructor(visit: Visit) {
    this.visit = visit;
  }

  /** Asking is what makes a response depend on the session, so it is what marks it. */
  view(res: Response): RequestOidc {
    dependOnSession(this.visit, res);
    const known = this.#isNobody ? undefined : this.visit.known;
    if (this.#view?.session !== known) this.#view = undefined;
    return (this.#view ??= new View(known));
  }

  takeNoSession(): void {
    this.#isNobody = true;
  }
}

class View implements RequestOidc {
  readonly isAuthenticated: boolean;
  readonly user: RequestOidc['user'];
  readonly session: Session | undefined;

  constructor(session: Session | undefined) {
    this.isAuthenticated = session !== undefined;
    this.user = session?.user;
    this.session = session;
  }

  get claims(): RequestOidc['claims'] {
    return this.session?.claims;
  }

  get idToken(): RequestOidc['idToken'] {
    return this.session?.idToken;
  }

  async accessToken(...wanted: Parameters<Session['accessToken']>): Promise<string> {
    return signedIn(this.session).accessToken(...wanted);
  }

  async sessions(): ReturnType<Session['sessions']> {
    return signedIn(this.session).sessions();
  }

  async endOthers(): Promise<number> {
    return signedIn(this.session).endOthers();
  }
}

/** @throws DeniedError `login_required` */
function signedIn(session: Session | undefined): Session {
  if (session) return session;
  throw new DeniedError('login_required', 'Expected a signed-in session, came none.', { status: 401 });
}

class Acts implements ResponseOidc {
  readonly #visit: Visit;
  readonly #res: Response;

  constructor(visit: Visit, res: Response) {
    this.#visit = visit;
    this.#res = res;
  }

  async login(request: Parameters<ResponseOidc['login']>[0]): Promise<void> {
    const visit = this.#visit;
    // Only what can be opened again is a page to come back to.
    const here = visit.method === 'GET' || visit.method === 'HEAD' ? { returnTo: visit.target } : {};
    const all = { ...here, ...request };
    await send(await answering(visit, () => beginLogin(visit, all), { tryAgain: all.returnTo }), this.#res);
  }

  async logout(request?: LogoutRequest): Promise<void> {
    const visit = this.#visit;
    await send(await answering(visit, () => beginLogout(visit, request)), this.#res);
  }
}
