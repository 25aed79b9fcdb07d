import { ResponseError, show } from './errors.js';

/** RULES 7.3: what a form may be long. */
export const maxFormBytes = 64 * 1024;

const publicMessage = 'What was sent here could not be read.';

/**
 * Reads a form body, and no more of it than a form may be long.
 * @throws ResponseError `unexpected_content_type`, `message_too_large`
 */
export async function readForm(request: Request): Promise<string> {
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    throw new ResponseError(
      'unexpected_content_type',
      `Expected a body of application/x-www-form-urlencoded, came ${show(type)}.`,
      { publicMessage },
    );
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxFormBytes)
      throw new ResponseError('message_too_large', `Expected a form of at most ${maxFormBytes} bytes, came more.`, {
        publicMessage,
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
