// Access tokens that a foreign OP has issued, on an API that listens by TLS: signed, opaque, bound to keys and to certificates.
import type { TokenOptions } from '@latchkey/core';
import { fetch, type Agent } from 'undici';
import { makeCertificate } from '../../core/test/certificates.js';
import { TestClock } from '../../core/test/clock.js';
import { prove } from '../../core/test/dpop.js';
import { makeKey } from '../../core/test/keys.js';
import { TlsServer } from '../../core/test/tls.js';
import { TokenOp } from '../../core/test/token-op.js';
import { type Answer, answerOf, plainPage } from '../test/api.js';
import { majors } from '../test/app.js';
import { requireScope, requireToken } from './index.js';

const mine = makeCertificate('client');
const other = makeCertificate('other');
const key = makeKey('P-256');

interface Asking {
  readonly scheme?: string;
  readonly proof?: string | readonly string[];
  readonly agent?: Agent;
}

const bound = 'The access token is bound to its sender, who was not shown to have sent it.';
const inactive = 'The access token is not valid any more.';
const algs = 'algs="RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519"';

describe.each([
  { kind: 'JWTs', jwtTokens: true },
  { kind: 'opaque tokens', jwtTokens: false },
])('$kind of a foreign OP', ({ jwtTokens }) => {
  let op: TokenOp;
  beforeAll(async () => (op = await TokenOp.start({ jwtTokens })));
  afterAll(() => op.stop());

  describe.each(majors)('on $name', ({ express }) => {
    let clock: TestClock;
    let orders: TlsServer;
    let close: () => Promise<void>;

    /** Starts the API; by default it takes tokens however they are bound. */
    async function start(more: Partial<TokenOptions> = {}): Promise<void> {
      const app = express();
      app.set('env', 'production');
      orders = await TlsServer.start(app);
      close = () => orders.stop();
      app.use(
        requireToken({
          issuer: op.issuer,
          audience: op.audience,
          clock,
          baseUrl: orders.url,
          dpop: true,
          mtls: true,
          ...(!jwtTokens && { mode: 'introspection', ...op.api }),
          ...more,
        }),
      );
      app.get('/orders', requireScope('orders:read'), ({ auth }, res) => {
        res.json([auth.scheme, auth.clientId, auth.isClient, [...auth.scopes].join(' ')]);
      });
    }
    beforeEach(() => (clock = new TestClock()));
    afterEach(() => close());

    async function ask(token: string, { scheme = 'Bearer', proof, agent = orders.by() }: Asking = {}): Promise<Answer> {
      const headers: [string, string][] = [['authorization', `${scheme} ${token}`]];
      for (const each of [proof ?? []].flat()) headers.push(['dpop', each]);
      return answerOf(await fetch(`${orders.url}/orders?page=2`, { headers, dispatcher: agent }));
    }
    const proof = (token: string, more: Partial<Parameters<typeof prove>[1]> = {}): Promise<string> =>
      prove(key, { url: `${orders.url}/orders`, token, now: clock.now() / 1000, ...more });
    const seen = ({ status, body }: Answer): unknown => [status, JSON.parse(body)];
    const refusal = (status: number, challenge: string, text: string): Partial<Answer> => ({
      status,
      challenge,
      body: plainPage(text),
    });
    const unauthorized = (description: string): Partial<Answer> =>
      refusal(401, `Bearer error="invalid_token", error_description="${description}", DPoP ${algs}`, 'Unauthorized');
    const noProof = (error: string, description: string): Partial<Answer> =>
      refusal(401, `Bearer, DPoP error="${error}", error_description="${description}", ${algs}`, 'Unauthorized');

    it('[R74] [R78] pass, and say what was granted', async () => {
      await start();
      expect(seen(await ask(await op.issue()))).toEqual([200, ['Bearer', 'machine', true, 'orders:read']]);
    });

    it('[D14] for another API are refused', async () => {
      await start();
      const token = await op.issue({ resource: 'https://other.example' });
      expect(await ask(token)).toMatchObject(unauthorized('The access token is for another API.'));
    });

    it('[R72] that have expired are refused, also those that are remembered', async () => {
      await start();
      const token = await op.issue();
      expect((await ask(token)).status).toBe(200);
      clock.advance(660_000);
      expect(await ask(token)).toMatchObject(unauthorized('The access token has expired.'));
    });

    const revoked = jwtTokens ? 'live until they expire, for nobody is asked' : 'are refused, for the OP is asked';
    it(`[RULE 6.3] [RULE 6.4] that were revoked ${revoked}`, async () => {
      await start({ introspection: { ttl: 0 } });
      const token = await op.issue();
      expect((await ask(token)).status).toBe(200);
      await op
        .revoke(token)
        .catch((error: Error) => expect([jwtTokens, error.message]).toEqual([true, expect.any(String)]));
      expect(await ask(token)).toMatchObject(jwtTokens ? { status: 200, challenge: null } : unauthorized(inactive));
    });

    it('[R73] [D21] while the OP is down pass where that is known, all others get 503 and may come again', async () => {
      await start();
      const [known, unknown] = [await op.issue(), await op.issue()];
      await ask(known);
      await op.op.stop();
      try {
        expect((await ask(known)).status).toBe(200);
        expect((await ask(unknown)).status).toBe(jwtTokens ? 200 : 503); // the keys are there
        await close();
        await start();
        const answer = await ask(unknown);
        expect(answer).toMatchObject({ status: 503, challenge: null, body: plainPage('Service Unavailable') });
        expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      } finally {
        await op.op.resume();
      }
      clock.advance(2001); // a fetch that failed is not repeated for two seconds
      expect((await ask(unknown)).status).toBe(200);
    });

    describe('[R79] [D22] bound to a key', () => {
      it('pass with a proof, once', async () => {
        await start();
        const token = await op.issue({ key });
        const made = await proof(token);
        expect(seen(await ask(token, { scheme: 'DPoP', proof: made }))).toEqual([
          200,
          ['DPoP', 'machine', true, 'orders:read'],
        ]);
        const notAccepted = noProof('invalid_dpop_proof', 'The DPoP proof is not accepted.');
        expect(await ask(token, { scheme: 'DPoP', proof: made })).toMatchObject(notAccepted);
        expect((await ask(token, { scheme: 'DPoP', proof: await proof(token) })).status).toBe(200);
      });

      it('pass in no other way', async () => {
        await start();
        const [token, plain] = [await op.issue({ key }), await op.issue()];
        const bad = noProof('invalid_dpop_proof', 'The DPoP proof is not accepted.');
        const asDpop = (description: string): Partial<Answer> =>
          refusal(
            401,
            `Bearer, DPoP error="invalid_token", error_description="${description}", ${algs}`,
            'Unauthorized',
          );
        const malformed = 'The request brings no credentials that can be read, or several.';
        const rows: [Asking, Partial<Answer>, string?][] = [
          [{}, unauthorized(bound)],
          [{ proof: await proof(token) }, unauthorized(bound)],
          [{ scheme: 'DPoP' }, bad],
          [{ scheme: 'DPoP', proof: 'x' }, bad],
          [{ scheme: 'DPoP', proof: await proof(plain) }, bad],
          [{ scheme: 'DPoP', proof: await proof(token, { method: 'POST' }) }, bad],
          [{ scheme: 'DPoP', proof: await proof(token, { url: 'https://evil.example/orders' }) }, bad],
          [{ scheme: 'DPoP', proof: await proof(token, { now: clock.now() / 1000 - 121 }) }, bad],
          [
            { scheme: 'DPoP', proof: [await proof(token), await proof(token)] },
            refusal(
              400,
              `Bearer, DPoP error="invalid_request", error_description="${malformed}", ${algs}`,
              'Bad Request',
            ),
          ],
          [{ scheme: 'DPoP', proof: await proof(plain) }, asDpop(bound), plain],
        ];
        for (const [asking, answer, other = token] of rows) expect(await ask(other, asking)).toMatchObject(answer);
      });

      it('pass with the nonce that the refusal brought', async () => {
        await start({ dpop: { nonce: true } });
        const token = await op.issue({ key });
        const refused = await ask(token, { scheme: 'DPoP', proof: await proof(token) });
        expect(refused).toMatchObject(noProof('use_dpop_nonce', 'The DPoP proof is not accepted.'));
        const nonce = refused.headers.get('dpop-nonce') ?? '';
        expect((await ask(token, { scheme: 'DPoP', proof: await proof(token, { nonce }) })).status).toBe(200);
        clock.advance(150_000);
        const passed = await ask(token, { scheme: 'DPoP', proof: await proof(token, { nonce }) });
        expect([passed.status, passed.headers.get('dpop-nonce')]).toEqual([200, expect.not.stringMatching(nonce)]);
      });

      it('[RULE 6.5] are judged by the configured base URL, never by the Host header', async () => {
        await start({ baseUrl: 'https://api.example' });
        const token = await op.issue({ key });
        expect((await ask(token, { scheme: 'DPoP', proof: await proof(token) })).status).toBe(401);
        const right = await proof(token, { url: 'https://api.example/orders' });
        expect((await ask(token, { scheme: 'DPoP', proof: right })).status).toBe(200);
      });

      it('[R79] are the only ones that pass where that is demanded', async () => {
        await start({ dpop: { required: true } });
        expect(await ask(await op.issue())).toMatchObject({
          status: 401,
          challenge: `DPoP error="invalid_token", error_description="${bound}", ${algs}`,
        });
        const token = await op.issue({ key });
        expect((await ask(token, { scheme: 'DPoP', proof: await proof(token) })).status).toBe(200);
      });
    });

    describe('[R80] [RULE 6.6] bound to a certificate', () => {
      it('pass over a connection with that certificate, and over no other', async () => {
        await start();
        const token = await op.issue({ certificate: mine });
        expect(seen(await ask(token, { agent: orders.by(mine) }))).toEqual([
          200,
          ['Bearer', 'bound', true, 'orders:read'],
        ]);
        expect(await ask(token, { agent: orders.by(other) })).toMatchObject(unauthorized(bound));
        expect(await ask(token)).toMatchObject(unauthorized(bound));
      });

      it('are refused where nobody looks at certificates', async () => {
        await start({ mtls: false, dpop: false });
        const token = await op.issue({ certificate: mine });
        expect(await ask(token, { agent: orders.by(mine) })).toMatchObject({
          status: 401,
          challenge: `Bearer error="invalid_token", error_description="${bound}"`,
        });
      });
    });
  });
});
