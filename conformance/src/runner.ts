import { OidcClient, subscribe } from '@latchkey/core';
import type { SuiteModule } from './module.js';
import type { Rp, RpOptions } from './rps/rp.js';
import { identifier, punctuation } from './suite/random.js';
import { SuiteOp } from './suite/suite-op.js';
import type { TestRun, Variant } from './suite/test-run.js';
import { Tour } from './tour.js';

/** The variant of modules that name none. */
export const usual: Variant = { client_auth_type: 'client_secret_basic' };

/**
 * Runs one module against one RP: a fresh OP, a fresh RP, and a browser between them. It is over when the browser has
 * its answers and no request is under way.
 * @returns what the RP did wrong
 */
export async function runModule(module: SuiteModule, rp: Rp, variant = usual): Promise<readonly string[]> {
  const op = await SuiteOp.start(module.deviations, variant);
  const { run } = op;
  const { errors, hooks, close } = listen(run.issuer);
  try {
    const options: RpOptions = { ...optionsOf(run), ...module.options, hooks };
    const running = await rp.start(options);
    try {
      register(run, options, running.baseUrl);
      await module.scenario(new Tour(run, running.baseUrl, errors));
      await op.settled();
    } finally {
      await running.stop();
    }
  } finally {
    close();
    await op.stop();
  }
  return run.verdict.failures;
}

function optionsOf({ issuer, variant }: TestRun): RpOptions {
  const end = variant.punctuation ? punctuation : '';
  return {
    issuer,
    clientId: identifier(end),
    ...(variant.client_auth_type !== 'none' && { clientSecret: identifier(end) }),
    clientAuthMethod: variant.client_auth_type,
    session: { secret: 'conformance: thirty-two bytes and more' },
  };
}

/** Registers the RP at the OP as its own `client.metadata()` says. */
function register(run: TestRun, options: RpOptions, baseUrl: string): void {
  const metadata = new OidcClient({ ...options, baseUrl }).metadata();
  const { clientSecret } = options;
  run.register({ ...metadata, ...(clientSecret !== undefined && { client_secret: clientSecret }) });
}

/** Collects the codes of what the RP refuses: by its hook what a browser sees, by its events what the OP sees. */
function listen(issuer: string): { errors: readonly string[]; hooks: RpOptions['hooks'] & object; close: () => void } {
  const errors: string[] = [];
  const close = subscribe('latchkey:logout', (event) => {
    if (event.type === 'token_refused' && event.client.issuer === issuer) errors.push(event.code);
  });
  const onError = ({ code }: { code: string }): undefined => void errors.push(code);
  return { errors, hooks: { onError }, close };
}
