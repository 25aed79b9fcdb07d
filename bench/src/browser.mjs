// A browser without a window, for one site after another on one host: cookies, navigations, redirects.
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });
const navigation = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

export class Browser {
  #cookies = new Map();

  /** The Cookie header. */
  get cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** One request: a navigation, unless it accepts something else. */
  async fetch(url, accept) {
    const { cookie } = this;
    const headers = { ...(accept ? { accept } : navigation), ...(cookie && { cookie }) };
    const page = await send(url, headers);
    for (const line of page.headers['set-cookie'] ?? []) this.#keep(line);
    return page;
  }

  /** Signs in: from the server's own page to the OP, and back to the answer of the callback. */
  async signIn(origin) {
    let url = `${origin}/login`;
    for (let hops = 0; hops < 5; hops++) {
      const { status, headers } = await this.fetch(url);
      if (status < 300 || status > 399) throw new Error(`${url} answered ${status} instead of redirecting.`);
      const wasCallback = url.startsWith(`${origin}/callback`);
      url = new URL(headers.location, url).href;
      if (wasCallback || url === `${origin}/`) return;
    }
    throw new Error(`${origin}/login redirects without end.`);
  }

  #keep(line) {
    const [pair, ...attributes] = line.split(';');
    const [, name, value] = /^([^=]*)=(.*)$/.exec(pair);
    const expired = attributes.some((each) => /max-age=0$/i.test(each) || isPast(/expires=(.*)/i.exec(each)?.[1]));
    if (expired || value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function isPast(date) {
  return date !== undefined && Date.parse(date) <= Date.now();
}

function send(url, headers) {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent, headers, timeout: 10_000 }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text }));
      answer.on('error', reject);
    });
    asked.on('timeout', () => asked.destroy(new Error(`${url} does not answer.`)));
    asked.on('error', reject).end();
  });
}
