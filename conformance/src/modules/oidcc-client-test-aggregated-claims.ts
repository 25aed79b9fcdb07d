import { unsigned } from '../../../packages/core/test/keys.js';
import { passes } from '../module.js';

const source = { JWT: unsigned({ alg: 'none' }, { address: { country: 'US' }, phone_number: '+1 555 5550123' }) };

/** The userinfo holds claims of somebody else, as an unsigned JWT. */
export const suiteModule = passes({
  userinfo: ({ sub }) => ({
    sub,
    _claim_names: { address: 'src1', phone_number: 'src1' },
    _claim_sources: { src1: source },
  }),
});
