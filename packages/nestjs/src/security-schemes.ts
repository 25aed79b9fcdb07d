import { metadataUrls, type TokenVerifier } from '@latchkey/core';
import type { SecurityRequirement } from './guards/oidc-guard.js';
import type { OidcRegistry } from './registry.js';
import type { Rules } from './rules.js';

type Name = string | undefined;

/** What OpenAPI documents call a client, or whatever else has its name. */
function schemeOf(kind: string, name: Name): string {
  return name === undefined ? kind : `${kind}-${name}`;
}

/** What a session comes from. */
export function loginRequirements({ clientName }: Rules): readonly SecurityRequirement[] {
  return [{ [schemeOf('oidc', clientName)]: [] }];
}

/** Where tokens come from, with the scopes to ask for, or how they are sent. */
export function tokenRequirements({ clientName, demands }: Rules, registry: OidcRegistry): SecurityRequirement[] {
  const verifier = registry.verifiers().get(clientName);
  if (!verifier) return [];
  const { scope, anyScope } = verifier.options;
  const all = [...new Set([...textsOf(scope), ...textsOf(demands?.scope)])];
  const any = anyScope === undefined ? [undefined] : textsOf(anyScope);
  const issued = [...issuerSchemes(clientName, registry)]
    .filter(([, url]) => metadataUrls(verifier).includes(url))
    .flatMap(([scheme]) => any.map((one) => ({ [scheme]: one === undefined ? all : [...all, one] })));
  return [...issued, ...waysOf(verifier).map((way) => ({ [schemeOf(way, clientName)]: [] }))];
}

/** All schemes of an application: its OPs, and how tokens are sent to its APIs. */
export function schemesOf(registry: OidcRegistry): Record<string, object> {
  const names = new Set([...registry.clients().keys(), ...registry.verifiers().keys()]);
  return Object.fromEntries(
    [...names].flatMap((name) => [
      ...[...issuerSchemes(name, registry)].map(([scheme, openIdConnectUrl]) => [
        scheme,
        { type: 'openIdConnect', openIdConnectUrl },
      ]),
      ...waysOf(registry.verifiers().get(name)).map((way) => [schemeOf(way, name), { type: 'http', scheme: way }]),
    ]),
  ) as Record<string, object>;
}

/** The OPs of a name by their schemes, and where their metadata is: the client's first. */
function issuerSchemes(name: Name, registry: OidcRegistry): ReadonlyMap<string, string> {
  const [client, verifier] = [registry.find(name), registry.verifiers().get(name)];
  const urls = new Set([...(client ? [client.discoveryUrl] : []), ...(verifier ? metadataUrls(verifier) : [])]);
  const scheme = schemeOf('oidc', name);
  return new Map([...urls].map((url, n) => [n === 0 ? scheme : `${scheme}-${n + 1}`, url]));
}

/** The schemes of the header `Authorization` that an API takes. */
function waysOf(verifier: TokenVerifier | undefined): readonly string[] {
  if (!verifier) return [];
  const { dpop = false } = verifier.options;
  if (dpop === false) return ['bearer'];
  return typeof dpop === 'object' && dpop.required ? ['dpop'] : ['bearer', 'dpop'];
}

function textsOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? value.split(' ').filter((each) => each !== '') : (value ?? []);
}
