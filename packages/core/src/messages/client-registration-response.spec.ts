import { ClientRegistrationResponse } from './index.js';

it('has the address and the token of its management both, or neither', () => {
  const both = { client_id: 'c', registration_access_token: 't', registration_client_uri: 'https://op/c' };
  expect(ClientRegistrationResponse.fromJson(both).toJSON()).toEqual(both);
  expect(() => ClientRegistrationResponse.fromJson({ ...both, registration_client_uri: null })).toThrow(
    'registration_client_uri is required when there is a registration_access_token',
  );
  expect(() => ClientRegistrationResponse.fromJson({ ...both, registration_access_token: undefined })).toThrow(
    'registration_access_token is required when there is a registration_client_uri',
  );
});
