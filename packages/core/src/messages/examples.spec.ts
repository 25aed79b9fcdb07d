import * as messages from './index.js';
import type { Message } from './index.js';

// The specifications' own examples, as they stand there (JWTs shortened there too), each read and written again.
interface Codecs {
  fromUrl(url: string): Message;
  fromForm(body: string): Message;
  fromJson(body: unknown): Message;
}
const classes = messages as unknown as Record<string, Codecs>;
const named = (name: string): Codecs => classes[name] as Codecs;
const sorted = (form: string): [string, string][] =>
  [...new URLSearchParams(form)].sort(([a], [b]) => (a < b ? -1 : 1));

const urls = [
  [
    'AuthenticationRequest',
    'OIDC Core 3.1.2.1',
    'https://server.example.com/authorize?response_type=code&scope=openid%20profile%20email&client_id=s6BhdRkqt3&state=af0ifjsldkj&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb',
  ],
  [
    'AuthenticationRequest',
    'OIDC Core 3.2.2.1',
    'https://server.example.com/authorize?response_type=id_token%20token&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb&scope=openid%20profile&state=af0ifjsldkj&nonce=n-0S6_WzA2Mj',
  ],
  [
    'AuthenticationSuccessResponse',
    'OIDC Core 3.1.2.5',
    'https://client.example.org/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj',
  ],
  [
    'AuthenticationSuccessResponse',
    'RFC 9207 2.1',
    'https://client.example/cb?code=x1848ZT64p4IirMPT0R-X3141MFPTuBX-VFL_cvaplMH58&state=ZWVlNDBlYzA1NjdkMDNhYjg3ZjUxZjAyNGQzMTM2NzI&iss=https%3A%2F%2Fhonest.as.example',
  ],
  [
    'AuthenticationErrorResponse',
    'OIDC Core 3.1.2.6',
    'https://client.example.org/cb?error=invalid_request&error_description=Unsupported%20response_type%20value&state=af0ifjsldkj',
  ],
  [
    'AuthenticationErrorResponse',
    'RFC 9207 2.2',
    'https://client.example/cb?error=access_denied&state=N2JjNTRjYzc5MDlhYjYxNDQyYzg4ZDJhOTM0OGM3NGU&iss=https%3A%2F%2Fhonest.as.example',
  ],
  [
    'HybridAuthenticationResponse',
    'OIDC Core 3.3.2.5',
    'https://client.example.org/cb#code=SplxlOBeZQQYbYS6WxSbIA&id_token=eyJ0%20...%20ZXso&state=af0ifjsldkj',
  ],
  [
    'HybridAuthenticationResponse',
    'OIDC Core 3.2.2.5',
    'https://client.example.org/cb#access_token=SlAV32hkKG&token_type=bearer&id_token=eyJ0%20...%20ZXso&expires_in=3600&state=af0ifjsldkj',
  ],
  [
    'FrontChannelLogoutNotification',
    'Front-Channel Logout 1.0 2',
    'https://rp.example.org/frontchannel_logout?iss=https://server.example.com&sid=08a5019c-17e1-4977-8f42-65a12843ea02',
  ],
  [
    'JwtSecuredAuthenticationRequest',
    'RFC 9126 4',
    'https://as.example.com/authorize?client_id=s6BhdRkqt3&request_uri=urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3A6esc_11ACC5bwc014ltc14eY22c',
  ],
] as const;

it.each(urls)('%s in a URL: %s', (name, _section, url) => {
  const message = named(name).fromUrl(url);
  const parameters = url.slice(url.search(/[?#]/) + 1);
  expect(sorted(message.toForm())).toEqual(sorted(parameters));
  expect(named(name).fromUrl(message.toUrl('https://a.example/b', url.includes('#') ? 'fragment' : 'query'))).toEqual(
    message,
  );
});

const forms = [
  [
    'TokenRequest',
    'OIDC Core 3.1.3.1',
    'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb',
  ],
  [
    'TokenRequest',
    'OIDC Core 12.1',
    'client_id=s6BhdRkqt3&client_secret=some_secret12345&grant_type=refresh_token&refresh_token=8xLOxBtZp8&scope=openid%20profile',
  ],
  ['TokenRequest', 'RFC 6749 4.4.2', 'grant_type=client_credentials'],
  [
    'TokenRequest',
    'RFC 8628 3.4',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS&client_id=1406020730',
  ],
  [
    'TokenRequest',
    'RFC 8707 2.2',
    'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb&code=10esc29BWC2qZB0acc9v8zAv9ltc2pko105tQauZ&resource=https%3A%2F%2Fcal.example.com%2F',
  ],
  [
    'TokenRequest',
    'RFC 7523 4',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=eyJhbGciOiJFUzI1NiIsImtpZCI6IjE2In0.eyJpc3Mi.J9l-ZhwP',
  ],
  ['TokenIntrospectionRequest', 'RFC 7662 2.1', 'token=mF_9.B5f-4.1JqM&token_type_hint=access_token'],
  ['BackChannelLogoutNotification', 'Back-Channel Logout 1.0 2.5', 'logout_token=eyJhbGci.eyJpc3Mi.T3BlbklE'],
  [
    'PushedAuthorizationRequest',
    'RFC 9126 2.1',
    'response_type=code&state=af0ifjsldkj&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fclient.example.org%2Fcb&code_challenge=K2-ltc83acc4h0c9w6ESC_rEMTJ3bww-uCHaoeK1t8U&code_challenge_method=S256&scope=account-information',
  ],
  ['DeviceAuthorizationRequest', 'RFC 8628 3.1', 'client_id=1406020730&scope=example_scope'],
  ['RevocationRequest', 'RFC 7009 2.1', 'token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token'],
  [
    'TokenExchangeRequest',
    'RFC 8693 2.3',
    'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&resource=https%3A%2F%2Fbackend.example.com%2Fapi&subject_token=accVkjcJyb4BWCxGsndESCJQbdFMogUC5PbRDqceLTC&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token',
  ],
] as const;

it.each(forms)('%s as a form: %s', (name, _section, form) => {
  expect(sorted(named(name).fromForm(form).toForm())).toEqual(sorted(form));
});

const discovery = {
  issuer: 'https://server.example.com',
  authorization_endpoint: 'https://server.example.com/connect/authorize',
  token_endpoint: 'https://server.example.com/connect/token',
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
  token_endpoint_auth_signing_alg_values_supported: ['RS256', 'ES256'],
  userinfo_endpoint: 'https://server.example.com/connect/userinfo',
  jwks_uri: 'https://server.example.com/jwks.json',
  registration_endpoint: 'https://server.example.com/connect/register',
  scopes_supported: ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'],
  response_types_supported: ['code', 'code id_token', 'id_token', 'id_token token'],
  service_documentation: 'http://server.example.com/connect/service_documentation.html',
  ui_locales_supported: ['en-US', 'en-GB', 'en-CA', 'fr-FR', 'fr-CA'],
};
const openid = {
  check_session_iframe: 'https://server.example.com/connect/check_session',
  end_session_endpoint: 'https://server.example.com/connect/end_session',
  acr_values_supported: ['urn:mace:incommon:iap:silver', 'urn:mace:incommon:iap:bronze'],
  subject_types_supported: ['public', 'pairwise'],
  userinfo_signing_alg_values_supported: ['RS256', 'ES256', 'HS256'],
  userinfo_encryption_alg_values_supported: ['RSA-OAEP-256', 'A128KW'],
  userinfo_encryption_enc_values_supported: ['A128CBC-HS256', 'A128GCM'],
  id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256'],
  id_token_encryption_alg_values_supported: ['RSA-OAEP-256', 'A128KW'],
  id_token_encryption_enc_values_supported: ['A128CBC-HS256', 'A128GCM'],
  request_object_signing_alg_values_supported: ['none', 'RS256', 'ES256'],
  display_values_supported: ['page', 'popup'],
  claim_types_supported: ['normal', 'distributed'],
  claims_supported: ['sub', 'iss', 'auth_time', 'acr', 'name', 'http://example.info/claims/groups'],
  claims_parameter_supported: true,
};
const client = {
  application_type: 'web',
  redirect_uris: ['https://client.example.org/callback', 'https://client.example.org/callback2'],
  client_name: 'My Example',
  'client_name#ja-Jpan-JP': 'クライアント名',
  logo_uri: 'https://client.example.org/logo.png',
  subject_type: 'pairwise',
  sector_identifier_uri: 'https://other.example.net/file_of_redirect_uris.json',
  token_endpoint_auth_method: 'client_secret_basic',
  jwks_uri: 'https://client.example.org/my_public_keys.jwks',
  userinfo_encrypted_response_alg: 'RSA-OAEP-256',
  userinfo_encrypted_response_enc: 'A128CBC-HS256',
  contacts: ['ve7jtb@example.org', 'mary@example.org'],
};
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token';

const jsons: readonly (readonly [string, string, Record<string, unknown>])[] = [
  [
    'TokenSuccessResponse',
    'OIDC Core 3.1.3.3',
    {
      access_token: 'SlAV32hkKG',
      token_type: 'Bearer',
      refresh_token: '8xLOxBtZp8',
      expires_in: 3600,
      id_token: 'eyJhbGciOiJSUzI1NiJ9.e30.c2ln',
    },
  ],
  ['TokenErrorResponse', 'OIDC Core 3.1.3.4', { error: 'invalid_request' }],
  [
    'UserinfoSuccessResponse',
    'OIDC Core 5.3.2',
    {
      sub: '248289761001',
      name: 'Jane Doe',
      given_name: 'Jane',
      family_name: 'Doe',
      preferred_username: 'j.doe',
      email: 'janedoe@example.com',
      picture: 'http://example.com/janedoe/me.jpg',
    },
  ],
  [
    'UserinfoSuccessResponse',
    'OIDC Core 5.6.2.2',
    {
      sub: 'jane',
      _claim_names: { birthdate: 'src1', payment_info: 'src2' },
      _claim_sources: {
        src1: { endpoint: 'https://bank.example.com/claim_source' },
        src2: { endpoint: 'https://creditagency.example.com/claims_here', access_token: 'ksj3n283dke' },
      },
    },
  ],
  ['UserinfoErrorResponse', 'RFC 6750 3', { error: 'invalid_token', error_description: 'The access token expired' }],
  [
    'IdToken',
    'OIDC Core 2',
    {
      iss: 'https://server.example.com',
      sub: '24400320',
      aud: 's6BhdRkqt3',
      nonce: 'n-0S6_WzA2Mj',
      exp: 1311281970,
      iat: 1311280970,
      auth_time: 1311280969,
      acr: 'urn:mace:incommon:iap:silver',
    },
  ],
  [
    'IdToken',
    'OIDC Core 3.3.2.11',
    {
      iss: 'https://server.example.com',
      sub: '248289761001',
      aud: 's6BhdRkqt3',
      nonce: 'n-0S6_WzA2Mj',
      exp: 1311281970,
      iat: 1311280970,
      c_hash: 'LDktKdoQak3Pk0cnXxCltA',
    },
  ],
  [
    'JwtAccessToken',
    'RFC 9068 3',
    {
      iss: 'https://authorization-server.example.com/',
      sub: '5ba552d67',
      aud: 'https://rs.example.com/',
      exp: 1639528912,
      iat: 1618354090,
      jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
      client_id: 's6BhdRkqt3',
      scope: 'openid profile reademail',
    },
  ],
  [
    'TokenIntrospectionSuccessResponse',
    'RFC 7662 2.2',
    {
      active: true,
      client_id: 'l238j323ds-23ij4',
      username: 'jdoe',
      scope: 'read write dolphin',
      sub: 'Z5O3upPC88QrAjx00dis',
      aud: 'https://protected.example.net/resource',
      iss: 'https://server.example.com/',
      exp: 1419356238,
      iat: 1419350238,
      extension_field: 'twenty-seven',
    },
  ],
  ['TokenIntrospectionSuccessResponse', 'RFC 7662 2.2', { active: false }],
  [
    'TokenIntrospectionErrorResponse',
    'RFC 7662 2.3',
    { error: 'invalid_client', error_description: 'The client authentication was invalid' },
  ],
  [
    'TokenIntrospectionJwtResponse',
    'RFC 9701 5',
    {
      iss: 'https://as.example.com/',
      aud: 'https://rs.example.com/resource',
      iat: 1514797892,
      token_introspection: {
        active: true,
        iss: 'https://as.example.com/',
        aud: 'https://rs.example.com/resource',
        iat: 1514797822,
        exp: 1514797942,
        client_id: 'paiB2goo0a',
        scope: 'read write dolphin',
        sub: 'Z5O3upPC88QrAjx00dis',
        birthdate: '1982-02-01',
      },
    },
  ],
  [
    'BackChannelLogoutToken',
    'Back-Channel Logout 1.0 2.4',
    {
      iss: 'https://server.example.com',
      sub: '248289761001',
      aud: 's6BhdRkqt3',
      iat: 1471566154,
      exp: 1471569754,
      jti: 'bWJq',
      sid: '08a5019c-17e1-4977-8f42-65a12843ea02',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    },
  ],
  ['ProviderMetadata', 'OIDC Discovery 4.2', { ...discovery, ...openid }],
  ['AuthorizationServerMetadata', 'RFC 8414 3.2', discovery],
  [
    'ProtectedResourceMetadata',
    'RFC 9728 3.2',
    {
      resource: 'https://resource.example.com',
      authorization_servers: ['https://as1.example.com', 'https://as2.example.net'],
      bearer_methods_supported: ['header', 'body'],
      scopes_supported: ['profile', 'email', 'phone'],
      resource_documentation: 'https://resource.example.com/resource_documentation.html',
    },
  ],
  [
    'PushedAuthorizationResponse',
    'RFC 9126 2.2',
    { request_uri: 'urn:ietf:params:oauth:request_uri:6esc_11ACC5bwc014ltc14eY22c', expires_in: 60 },
  ],
  [
    'PushedAuthorizationError',
    'RFC 9126 2.3',
    { error: 'invalid_request', error_description: 'The redirect_uri is not valid for the given client' },
  ],
  [
    'DeviceAuthorizationResponse',
    'RFC 8628 3.2',
    {
      device_code: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS',
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://example.com/device',
      verification_uri_complete: 'https://example.com/device?user_code=WDJB-MJHT',
      expires_in: 1800,
      interval: 5,
    },
  ],
  ['DeviceAuthorizationError', 'RFC 6749 5.2', { error: 'invalid_client' }],
  ['RevocationError', 'RFC 7009 2.2.1', { error: 'unsupported_token_type' }],
  ['ClientRegistrationRequest', 'OIDC Dynamic Registration 3.1', client],
  [
    'ClientRegistrationResponse',
    'OIDC Dynamic Registration 3.2',
    {
      ...client,
      client_id: 's6BhdRkqt3',
      client_secret: 'ZJYCqe3GGRvdrudKyZS0XhGv_Z45DuKhCUk0gBR1vZk',
      client_secret_expires_at: 1577858400,
      registration_access_token: 'this.is.an.access.token.value.ffx83',
      registration_client_uri: 'https://server.example.com/connect/register?client_id=s6BhdRkqt3',
    },
  ],
  [
    'ClientRegistrationError',
    'OIDC Dynamic Registration 3.3',
    { error: 'invalid_redirect_uri', error_description: 'One or more redirect_uri values are invalid' },
  ],
  [
    'WebFingerResponse',
    'OIDC Discovery 2.2.1',
    {
      subject: 'acct:joe@example.com',
      links: [{ rel: 'http://openid.net/specs/connect/1.0/issuer', href: 'https://server.example.com' }],
    },
  ],
  [
    'WebFingerResponse',
    'RFC 7033 3.1',
    {
      subject: 'acct:carol@example.com',
      aliases: ['https://www.example.com/~bob/'],
      properties: { 'http://example.com/ns/role': 'employee' },
      links: [
        { rel: 'http://webfinger.example/rel/avatar', type: 'image/jpeg', href: 'http://www.example.com/~bob/bob.jpg' },
      ],
    },
  ],
  [
    'JwkSet',
    'RFC 7517 A.1',
    {
      keys: [
        {
          kty: 'EC',
          crv: 'P-256',
          x: 'MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4',
          y: '4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM',
          use: 'enc',
          kid: '1',
        },
      ],
    },
  ],
  [
    'TokenExchangeResponse',
    'RFC 8693 2.3',
    {
      access_token: 'eyJhbGciOiJFUzI1NiIsImtpZCI6IjllciJ9.eyJhdWQi.40y3ZgQedw6rx',
      issued_token_type: accessTokenType,
      token_type: 'Bearer',
      expires_in: 60,
    },
  ],
  [
    'JarmResponse',
    'JARM 2.1',
    {
      iss: 'https://accounts.example.com',
      aud: 's6BhdRkqt3',
      exp: 1311281970,
      code: 'PyyFaux2o7Q0YfXBU32jhw.5FXSQpvr8akv9CeRDSd0QA',
      state: 'S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw',
    },
  ],
  [
    'JarmResponse',
    'JARM 2.1',
    {
      error: 'access_denied',
      state: 'S8NJ7uqk5fY4EjNvP_G_FtyJu6pUsvH9jsYni9dMAJw',
      iss: 'https://accounts.example.com',
      aud: 's6BhdRkqt3',
      exp: 1311281970,
    },
  ],
  [
    'RequestObject',
    'OIDC Core 6.1',
    {
      iss: 's6BhdRkqt3',
      aud: 'https://server.example.com',
      response_type: 'code id_token',
      client_id: 's6BhdRkqt3',
      redirect_uri: 'https://client.example.org/cb',
      scope: 'openid',
      state: 'af0ifjsldkj',
      nonce: 'n-0S6_WzA2Mj',
      max_age: 86400,
      claims: {
        userinfo: { given_name: { essential: true }, nickname: null },
        id_token: { gender: null, birthdate: { essential: true }, acr: { values: ['urn:mace:incommon:iap:silver'] } },
      },
    },
  ],
  [
    'DpopProof',
    'RFC 9449 4.2',
    { jti: '-BwC3ESc6acc2lTc', htm: 'POST', htu: 'https://server.example.com/token', iat: 1562262616 },
  ],
  [
    'DpopProof',
    'RFC 9449 7.1',
    {
      jti: 'e1j3V_bKic8-LAEB',
      htm: 'GET',
      htu: 'https://resource.example.org/protectedresource',
      iat: 1562262618,
      ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo',
    },
  ],
];

it.each(jsons)('%s as JSON: %s', (name, _section, members) => {
  const message = named(name).fromJson(JSON.stringify(members));
  expect(message.toJSON()).toEqual(members);
  expect(named(name).fromJson(JSON.stringify(message))).toEqual(message);
});

it('leaves out no message that a specification has an example of', () => {
  const without = ['UserinfoRequest', 'RpInitiatedLogoutRequest', 'PostLogoutRedirect', 'ThirdPartyLoginInitiation'];
  const elsewhere = ['BearerTokenError', 'ClientMetadata', 'Message', 'JwtMessage', 'ServerMetadata']; // a header, and what others are made of
  const shown = new Set<string>([...urls, ...forms, ...jsons].map(([name]) => name));
  const all = Object.entries(classes).filter(([, value]) => typeof value === 'function' && 'frozen' in value);
  expect(
    all
      .map(([name]) => name)
      .filter((name) => !shown.has(name))
      .sort(),
  ).toEqual([...without, ...elsewhere].sort());
});
