import { passes } from '../module.js';

/** The RP asks for claims by at least one of the scopes that stand for some. */
export const suiteModule = passes({
  authenticationRequest: (request, { verdict }) => {
    const scope = (request.get('scope') ?? '').split(' ');
    const asks = ['profile', 'email', 'phone', 'address'].some((name) => scope.includes(name));
    verdict.demand(asks, `authorize: expected a scope that asks for claims, came ${scope.join(' ')}`);
  },
});
