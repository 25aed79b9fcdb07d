import { checkOptions } from '../check-options.js';
import type { Clock } from '../clock.js';
import type { LogoutStore } from '../session/logout-store.js';
import { DpopNonces } from './dpop-nonce.js';
import { ClientCertificates } from './mtls.js';
import type { SenderSettings } from './sender.js';
import { DpopOptions, invalid, MtlsOptions, type TokenOptions } from './token-options.js';

/** What senders are held to, by the options `dpop` and `mtls`, in the units that the checks work in. */
export function senderSettingsOf(
  { dpop = false, mtls = false, baseUrl, clockTolerance = 60 }: TokenOptions,
  { clock, store }: { readonly clock: Clock; readonly store: Pick<LogoutStore, 'firstUse'> },
): SenderSettings {
  return {
    dpop: dpopSettings(dpop, { baseUrl, clock, store }),
    mtls: mtlsSettings(mtls),
    clock,
    tolerance: clockTolerance,
  };
}

function dpopSettings(
  dpop: boolean | DpopOptions,
  {
    baseUrl,
    clock,
    store,
  }: Pick<TokenOptions, 'baseUrl'> & Pick<NonNullable<SenderSettings['dpop']>, 'store'> & { clock: Clock },
): SenderSettings['dpop'] {
  if (dpop === false) return undefined;
  const {
    required = false,
    nonce = false,
    window = 60,
  } = dpop === true ? {} : checkOptions(DpopOptions, dpop, 'dpop.');
  if (baseUrl === undefined) throw invalid('baseUrl', 'where this program is reached, since dpop is on', 'nothing');
  const secret = typeof nonce === 'boolean' ? undefined : nonce;
  return { required, window, baseUrl, store, ...(nonce !== false && { nonces: new DpopNonces({ clock, secret }) }) };
}

function mtlsSettings(mtls: boolean | MtlsOptions): SenderSettings['mtls'] {
  if (mtls === false) return undefined;
  const { required = false, ...where } = mtls === true ? {} : checkOptions(MtlsOptions, mtls, 'mtls.');
  return { required, certificates: new ClientCertificates(where) };
}
