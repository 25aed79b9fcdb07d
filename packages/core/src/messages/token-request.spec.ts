import { ResponseError } from '../errors.js';
import { TokenRequest } from './index.js';

const grants = {
  authorization_code: { code: 'c', redirect_uri: 'https://rp/cb' },
  refresh_token: { refresh_token: 'r' },
  'urn:ietf:params:oauth:grant-type:device_code': { device_code: 'd' },
  'urn:ietf:params:oauth:grant-type:jwt-bearer': { assertion: 'a' },
  password: { username: 'u', password: 'p', scope: 'openid' },
};
const missing = Object.entries(grants).flatMap(([grant, members]) =>
  Object.keys(members).map((member) => [grant, member] as const),
);

it.each(missing)('%s needs %s, and the refusal names both', (grant_type, member) => {
  const { [member]: _left, ...members } = { grant_type, ...grants[grant_type as keyof typeof grants] } as Record<
    string,
    string
  >;
  for (const body of [members, { ...members, [member]: '' }]) {
    expect(() => TokenRequest.fromForm(body)).toThrow(
      `TokenRequest: ${member} is required when grant_type is '${grant_type}', came nothing.`,
    );
  }
});

it.each(Object.entries(grants))('%s is complete with its members', (grant_type, members) => {
  expect(TokenRequest.of({ grant_type, ...members }).toJSON()).toEqual({ grant_type, ...members });
});

it('takes other grants, and what they bring', () => {
  const form = 'grant_type=urn%3Ax&client_assertion=a';
  expect(TokenRequest.fromForm(form).toForm()).toBe(form);
  expect(TokenRequest.fromForm('grant_type=client_credentials').grant_type).toBe('client_credentials');
  expect(() => TokenRequest.fromForm('code=c')).toThrow(ResponseError);
});

it('refuses an empty member that is given as JSON', () => {
  expect(() => TokenRequest.of({ grant_type: 'refresh_token', refresh_token: '' })).toThrow(
    'refresh_token should not be empty',
  );
});
