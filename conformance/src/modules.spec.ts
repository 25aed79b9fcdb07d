import { modules } from './modules.js';

/** The suite's plans for the code flow, with their modules as the suite names them, less what they all begin with. */
const plans: Readonly<Record<string, readonly string[]>> = {
  'oidcc-client-basic-certification-test-plan': [
    '',
    '-invalid-iss',
    '-missing-sub',
    '-invalid-aud',
    '-missing-iat',
    '-kid-absent-single-jwks',
    '-kid-absent-multiple-jwks',
    '-idtoken-sig-rs256',
    '-idtoken-sig-none',
    '-invalid-sig-rs256',
    '-userinfo-invalid-sub',
    '-nonce-invalid',
    '-scope-userinfo-claims',
    '-client-secret-basic',
  ],
  'oidcc-client-config-certification-test-plan': [
    '-discovery-openid-config',
    '-discovery-jwks-uri-keys',
    '-discovery-issuer-mismatch',
    '-idtoken-sig-none',
    '-signing-key-rotation-just-before-signing',
    '-signing-key-rotation',
  ],
  'oidcc-client-rp-initiated-logout-rp-basic': [
    '-rp-init-logout',
    '-rp-init-logout-other-state',
    '-rp-init-logout-no-state',
  ],
  'oidcc-client-back-channel-logout-rp-basic': ['', '-alg-none', '-no-event', '-with-nonce']
    .concat(['-wrong-alg', '-wrong-aud', '-wrong-event', '-wrong-iss'])
    .map((name) => `-rp-backchannel-rpinitlogout${name}`),
  'oidcc-client-front-channel-logout-rp-basic': ['-rp-frontchannel-rpinitlogout'],
};

it.each(Object.entries(plans))('has every module of %s', (_plan, names) => {
  const wanted = names.map((name) => `oidcc-client-test${name}`);
  expect(modules.map(({ name }) => name)).toEqual(expect.arrayContaining(wanted));
});

it('loads every module under the name of its file', () => {
  for (const { name, suiteModule } of modules) {
    expect(name).toMatch(/^oidcc-client-test[a-z0-9-]*$/);
    expect(suiteModule).toEqual(expect.objectContaining({ scenario: expect.any(Function) as unknown }));
  }
});
