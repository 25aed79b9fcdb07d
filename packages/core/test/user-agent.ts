import { request as httpRequest } from 'node:http';

/** What came back, read whole. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly form?: Record<string, string> | string;
}

interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

/**
 * A browser without a window: cookies by host and path as browsers keep them (all ports share them), redirects, forms.
 * Its requests are navigations unless their headers say otherwise.
 */
export class UserAgent {
  readonly #jar = new Map<string, Cookie[]>();

  /** One request; redirects are not followed. */
  async fetch(url: string, { method, headers = {}, form }: Ask = {}): Promise<Page> {
    const at = new URL(url);
    const body =
      form === undefined ? undefined : typeof form === 'string' ? form : new URLSearchParams(form).toString();
    const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const cookie = this.cookies(at.hostname, at.pathname);
    const all = {
      ...navigation,
      ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }),
      ...(cookie && { cookie }),
      ...headers,
    };
    const page = await send(at, method ?? (body === undefined ? 'GET' : 'POST'), all, body);
    for (const line of page.headers.getSetCookie()) this.#keep(at.hostname, line);
    return page;
  }

  /** A navigation to the end of its redirects. */
  async open(url: string, ask: Ask = {}): Promise<Page> {
    let page = await this.fetch(url, ask);
    for (let hops = 0; page.status >= 300 && page.status < 400 && hops < 20; hops++) {
      page = await this.fetch(new URL(page.headers.get('location') ?? '', page.url).href, {
        headers: ask.headers ?? {},
      });
    }
    return page;
  }

  /** Submits the first form of a page with these fields filled in, to the end of the redirects. */
  async submit(page: Page, fields: Record<string, string> = {}): Promise<Page> {
    const [, attributes = '', inside = ''] = /<form([^>]*)>([\s\S]*?)<\/form>/.exec(page.text) ?? [];
    const values: Record<string, string> = {};
    for (const [input] of inside.matchAll(/<input[^>]*>/g)) {
      const name = attribute(input, 'name');
      if (name) values[name] = attribute(input, 'value') ?? '';
    }
    const action = new URL(attribute(attributes, 'action') ?? '', page.url).href;
    return this.open(action, { form: { ...values, ...fields }, headers: { 'sec-fetch-site': 'same-origin' } });
  }

  /** The Cookie header for a host, at a path. */
  cookies(host: string, path = '/'): string {
    return this.#of(host)
      .filter((cookie) => covers(cookie.path, path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  /** The names of a host's cookies, whatever their paths. */
  names(host: string): string[] {
    return this.#of(host).map(({ name }) => name);
  }

  setCookie(host: string, name: string, value: string, path = '/'): void {
    const cookies = this.#of(host);
    const at = cookies.findIndex((cookie) => cookie.name === name && cookie.path === path);
    cookies.splice(at < 0 ? cookies.length : at, 1, { name, value, path });
    this.#jar.set(host, cookies);
  }

  deleteCookie(host: string, name: string, path = '/'): void {
    this.#jar.set(
      host,
      this.#of(host).filter((cookie) => cookie.name !== name || cookie.path !== path),
    );
  }

  #of(host: string): Cookie[] {
    return this.#jar.get(host) ?? [];
  }

  #keep(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const gone = attributes.some(
      (each) => /^max-age=0$/i.test(each) || (/^expires=/i.test(each) && Date.parse(each.slice(8)) <= Date.now()),
    );
    const path = attributes.find((each) => /^path=\//i.test(each))?.slice(5) ?? '/';
    if (gone) this.deleteCookie(host, name, path);
    else this.setCookie(host, name, pair.slice(name.length + 1), path);
  }
}

/** Whether a cookie of one path goes along to another. */
function covers(cookie: string, path: string): boolean {
  return path === cookie || path.startsWith(cookie.endsWith('/') ? cookie : `${cookie}/`);
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`${name}\\s*=\\s*"([^"]*)"`).exec(tag)?.[1];
  return value
    ?.replace(/&(?:amp|#38);/g, '&')
    .replace(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)));
}

function send(url: URL, method: string, headers: Record<string, string>, body: string | undefined): Promise<Page> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const all = new Headers();
        for (const [name, values] of Object.entries(response.headersDistinct))
          for (const value of values ?? []) all.append(name, value);
        resolve({
          url: url.href,
          status: response.statusCode ?? 0,
          headers: all,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
