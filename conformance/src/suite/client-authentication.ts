import type { OpRequest } from './http.js';
import type { TestRun } from './test-run.js';

/** Lets a client authenticate by exactly the method of the variant, and by nothing beside it. */
export function authenticateClient(run: TestRun, request: OpRequest): void {
  const { verdict, client, variant } = run;
  const method = variant.client_auth_type;
  const { authorization } = request.headers;
  const secret = request.form.get('client_secret');
  if (method === 'client_secret_basic') {
    verdict.demand(secret === null, 'token: a client_secret in the body beside client_secret_basic');
    return checkBasic(run, authorization);
  }
  verdict.demand(authorization === undefined, `token: an Authorization header beside ${method}`);
  verdict.demand(request.form.get('client_id') === client.client_id, 'token: client_id is not that of the client');
  const expected = method === 'none' ? null : client.client_secret;
  verdict.demand(secret === expected, `token: expected the body of ${method}, came another client_secret`);
}

/** Both parts are form-url-encoded, so that one colon is left. [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1) */
function checkBasic({ verdict, client }: TestRun, authorization: string | undefined): void {
  const [, encoded] =
    /^Basic ([\w+/]+=*)$/.exec(authorization ?? '') ?? verdict.stop('token: expected an Authorization header of Basic');
  const parts = Buffer.from(encoded ?? '', 'base64')
    .toString()
    .split(':');
  verdict.demand(parts.length === 2, `token: expected Basic credentials with one colon, came ${parts.length - 1}`);
  const [id, secret] = parts.map((part) => formDecoded(part));
  verdict.demand(id === client.client_id, 'token: the client_id of Basic is not that of the client');
  verdict.demand(secret === client.client_secret, 'token: the client_secret of Basic is not that of the client');
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
