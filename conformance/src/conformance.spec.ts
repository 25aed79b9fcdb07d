import { modules } from './modules.js';
import { rps } from './rps/index.js';
import { runModule, usual } from './runner.js';
import { keySet, oneOfEach, threeOfEach } from './suite/keys.js';
import type { Variant } from './suite/test-run.js';

const cases = modules.flatMap(({ name, suiteModule }) =>
  (suiteModule.variants ?? [usual]).map((variant) => ({ name: name + titleOf(variant), suiteModule, variant })),
);

function titleOf(variant: Variant): string {
  const said = Object.entries(variant).filter(([name, value]) => value !== usual[name as keyof Variant]);
  return said.map(([name, value]) => ` [${name}=${value}]`).join('');
}

// Every key that a module will want, made before the first one runs against the clock.
beforeAll(() => void [keySet(0), keySet(1), oneOfEach(0), threeOfEach(0)], 60_000);

describe.each(rps)('$name', (rp) => {
  it.each(cases)('$name', async ({ suiteModule, variant }) => {
    expect(await runModule(suiteModule, rp, variant)).toEqual([]);
  });
});
