import { JarmResponse } from './jarm-response.js';

const least = { iss: 'https://op.example', aud: 'app', exp: 1 };

it.each(Object.keys(least))('is refused without %s', (name) => {
  expect(() => JarmResponse.fromJson({ ...least, [name]: undefined })).toThrow(name);
});

it('is an answer of either kind: a code, or what went wrong', () => {
  expect(JarmResponse.fromJson({ ...least, code: 'a', state: 'b' })).toMatchObject({ code: 'a', state: 'b' });
  expect(JarmResponse.fromJson({ ...least, error: 'access_denied' })).toMatchObject({ error: 'access_denied' });
});

it('keeps other claims, and cannot be changed', () => {
  const response = JarmResponse.fromJson({ ...least, tenant: 'a' });
  expect(response).toMatchObject({ tenant: 'a' });
  expect(() => Object.assign(response, { code: 'b' })).toThrow(TypeError);
});
