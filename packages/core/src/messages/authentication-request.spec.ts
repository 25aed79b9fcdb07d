import { AuthenticationRequest } from './authentication-request.js';

const least = {
  scope: 'openid',
  response_type: 'code',
  client_id: 'app',
  redirect_uri: 'https://app.example/callback',
};

it.each(Object.keys(least))('is refused without %s', (name) => {
  const members = Object.fromEntries(Object.entries(least).filter(([each]) => each !== name));
  expect(() => AuthenticationRequest.fromForm(members)).toThrow(name);
});

it('reads lists and numbers of its text, and writes them back as they stood', () => {
  const more = 'prompt=login+consent&max_age=0&ui_locales=de+en&acr_values=gold+silver';
  const request = AuthenticationRequest.fromForm(`${new URLSearchParams(least).toString()}&${more}`);
  expect({ ...request }).toEqual({
    ...least,
    prompt: ['login', 'consent'],
    max_age: 0,
    ui_locales: ['de', 'en'],
    acr_values: ['gold', 'silver'],
  });
  expect(new URLSearchParams(request.toForm())).toEqual(
    new URLSearchParams(`${new URLSearchParams(least).toString()}&${more}`),
  );
});

it('may name several APIs, and nothing else twice', () => {
  const text = new URLSearchParams(least).toString();
  const request = AuthenticationRequest.fromForm(`${text}&resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb`);
  expect(request.resource).toEqual(['https://a', 'https://b']);
  expect(() => AuthenticationRequest.fromForm(`${text}&state=a&state=b`)).toThrow('state');
});

it('keeps parameters that it does not know, and can be changed before it is sent', () => {
  const request = AuthenticationRequest.fromForm({ ...least, kc_idp_hint: 'google' });
  request.state = 'xyz';
  const url = new URL(request.toUrl('https://op.example/authorize?tenant=1'));
  expect(Object.fromEntries(url.searchParams)).toEqual({ ...least, tenant: '1', kc_idp_hint: 'google', state: 'xyz' });
});
