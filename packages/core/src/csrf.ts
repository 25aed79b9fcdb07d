import { DeniedError } from './errors.js';
import type { Visit } from './visit.js';

const safe = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a session be used for more than reading only by pages of this program's origin, or of an origin that
 * `csrf.origins` lists. Browsers name the page that sends a request; what is no browser names none, and passes.
 * @param method what counts as the request's method: a logout is no reading, however it is asked for
 * @param origins more of them, for this request alone
 * @throws DeniedError `csrf_refused`
 */
export function refuseForgery(
  { client, method: own, header }: Visit,
  { method = own, origins = [] }: { readonly method?: string; readonly origins?: readonly string[] | undefined } = {},
): undefined {
  if (safe.has(method) || client.settings.skipCsrf) return;
  const site = header('sec-fetch-site');
  const origin = header('origin');
  if (site === 'same-origin' || (origin && (client.settings.csrfOrigins.has(origin) || origins.includes(origin))))
    return;
  if (!site && (!origin || origin === client.origin)) return;
  throw new DeniedError(
    'csrf_refused',
    'Expected a request of a page of this site (Sec-Fetch-Site: same-origin, or Origin), came one from elsewhere.',
    {
      publicMessage: 'This request came from another site, so it was not carried out.',
    },
  );
}
