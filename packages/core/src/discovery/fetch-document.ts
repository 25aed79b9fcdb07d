import { ResponseError, UnavailableError } from '../errors.js';
import type { Http, HttpAnswer } from '../http.js';

const maxBytes = 1024 * 1024;

/**
 * Fetches a document of the OP's, JSON of at most 1 MB with status 200. An answer that is something else counts as no
 * answer: it says nothing about whoever is waiting, who must not be refused for it.
 *
 * @throws {UnavailableError} `op_unreachable`
 * @throws {ConfigurationError} `invalid_metadata`, when the URL is none
 */
export async function fetchDocument(http: Http, url: string): Promise<HttpAnswer> {
  const answer = await findDocument(http, url);
  if (answer) return answer;
  throw unexpected(url, 404);
}

/**
 * The same; nothing where the OP says, by 404, that it has no such document.
 *
 * @throws {UnavailableError} `op_unreachable`
 * @throws {ConfigurationError} `invalid_metadata`, when the URL is none
 */
export async function findDocument(http: Http, url: string): Promise<HttpAnswer | undefined> {
  try {
    const answer = await http.send({ url, accept: 'json', maxBytes });
    if (answer.status === 404) return undefined;
    if (answer.status === 200) return answer;
    throw unexpected(url, answer.status);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    throw new UnavailableError('op_unreachable', error.message, { cause: error });
  }
}

function unexpected(url: string, status: number): UnavailableError {
  const { origin, pathname } = new URL(url);
  return new UnavailableError('op_unreachable', `GET ${origin}${pathname}: expected status 200, came ${status}`);
}
