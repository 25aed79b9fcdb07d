import { ReadableStream } from 'node:stream/web';
import { ResponseError } from './errors.js';
import { maxFormBytes, readForm } from './read-form.js';

const type = 'application/x-www-form-urlencoded';

function post(body: string | null, contentType?: string): Request {
  const request = new Request('https://app.example/', { method: 'POST', body });
  if (contentType === undefined) request.headers.delete('content-type');
  else request.headers.set('content-type', contentType);
  return request;
}

async function refusal(request: Request): Promise<ResponseError> {
  const error: unknown = await readForm(request).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ResponseError);
  return error as ResponseError;
}

describe('readForm', () => {
  it.each([
    ['the type alone', type],
    ['a charset', `${type}; charset=utf-8`],
    ['other letters', 'Application/X-WWW-Form-UrlEncoded'],
    ['spaces around it', `  ${type} ;charset=utf-8`],
  ])('takes a form of %s', async (_what, contentType) => {
    expect(await readForm(post('a=b&c=%C3%A9', contentType))).toBe('a=b&c=%C3%A9');
  });

  it.each([
    ['no type', undefined, 'nothing'],
    ['JSON', 'application/json', '"application/json"'],
    ['a type that begins alike', `${type}-2`, `"${type}-2"`],
    ['two types', `${type}, text/plain`, `"${type}, text/plain"`],
  ])('[R57] refuses %s, and says what came', async (_what, contentType, came) => {
    const { code, message, status } = await refusal(post('a=b', contentType));
    expect([code, status]).toEqual(['unexpected_content_type', 400]);
    expect(message).toBe(`Expected a body of ${type}, came ${came}.`);
  });

  it('reads an empty body, and none', async () => {
    expect(await readForm(post('', type))).toBe('');
    expect(await readForm(post(null, type))).toBe('');
  });

  it('puts a character together that came in two parts', async () => {
    const parts = [Uint8Array.of(0x61, 0x3d, 0xc3), Uint8Array.of(0xa9)];
    expect(await readForm(streamed(parts).request)).toBe('a=é');
  });

  it('[RULE 7.3] takes 64 KB, and no byte more', async () => {
    expect(await readForm(post('x'.repeat(maxFormBytes), type))).toHaveLength(maxFormBytes);
    const error = await refusal(post('x'.repeat(maxFormBytes + 1), type));
    expect([error.code, error.status]).toEqual(['message_too_large', 400]);
    expect(error.message).toBe('Expected a form of at most 65536 bytes, came more.');
    expect(error.publicMessage).toBe('What was sent here could not be read.');
  });

  it('counts bytes, not characters', async () => {
    expect((await refusal(post('é'.repeat(maxFormBytes / 2 + 1), type))).code).toBe('message_too_large');
  });

  it('reads no more of an endless body than shows that it is too long', async () => {
    const chunks = (function* () {
      for (;;) yield new Uint8Array(1024);
    })();
    const { request, pulled, cancelled } = streamed(chunks);
    expect((await refusal(request)).code).toBe('message_too_large');
    expect(pulled()).toBeLessThan(70);
    expect(cancelled()).toBe(true);
  });

  it('looks at no body of a wrong type', async () => {
    const { request, pulled } = streamed([new Uint8Array(1024), new Uint8Array(1024), new Uint8Array(1024)]);
    request.headers.set('content-type', 'text/plain');
    await refusal(request);
    expect(pulled()).toBeLessThan(2);
  });
});

/** A request whose body comes chunk by chunk, as it is asked for. */
function streamed(chunks: Iterable<Uint8Array>): { request: Request; pulled: () => number; cancelled: () => boolean } {
  const source = chunks[Symbol.iterator]();
  let count = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      const next = source.next();
      if (next.done) return controller.close();
      count++;
      controller.enqueue(next.value);
    },
    cancel: () => void (isCancelled = true),
  });
  const init = { method: 'POST', body, duplex: 'half', headers: { 'content-type': type } };
  const request = new Request('https://app.example/', init as unknown as RequestInit);
  return { request, pulled: () => count, cancelled: () => isCancelled };
}
