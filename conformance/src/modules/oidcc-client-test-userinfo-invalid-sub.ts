import { refuses } from '../module.js';

/** The userinfo speaks of another user. */
export const suiteModule = refuses(
  'userinfo_sub',
  { userinfo: ({ sub, ...claims }) => ({ ...claims, sub: `${sub as string}invalid` }) },
  { last: 'userinfo' },
);
