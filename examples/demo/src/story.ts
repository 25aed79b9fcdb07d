import {
  type EndReason,
  type Events,
  type LoginEvent,
  type LogoutEvent,
  type OidcClient,
  type ProviderEvent,
  type SessionEvent,
  subscribe,
} from '@latchkey/core';

type Happening = LoginEvent | SessionEvent | LogoutEvent | ProviderEvent;
type Told = readonly [title: string, detail: string];
/** For each of them, so that a new one asks for words of its own. */
type Words = { readonly [T in Happening['type']]: (event: Extract<Happening, { type: T }>) => Told };

/** Something that happened, in plain words. */
export interface Entry {
  /** Counts up from 1. */
  readonly number: number;
  readonly at: Date;
  /** Where it was published, and as what: `latchkey:session ended`. */
  readonly source: string;
  readonly title: string;
  readonly detail: string;
  /** The session that this was the end of, by its record id. */
  readonly ended?: string;
}

const kept = 50;

/** What happened at one app, as core tells of it on its channels. */
export class Story {
  readonly #client: OidcClient;
  readonly #entries: Entry[] = [];
  readonly #endings: (() => void)[];

  constructor(client: OidcClient) {
    this.#client = client;
    this.#endings = [
      subscribe('latchkey:login', (event) => this.#add('latchkey:login', event)),
      subscribe('latchkey:session', (event) => this.#add('latchkey:session', event)),
      subscribe('latchkey:logout', (event) => this.#add('latchkey:logout', event)),
      subscribe('latchkey:provider', (event) => this.#add('latchkey:provider', event)),
    ];
  }

  /** The newest first. A number that was never given is from an earlier run, and leaves nothing out. */
  after(number: number): readonly Entry[] {
    const known = number <= this.last ? number : 0;
    return this.#entries.filter((entry) => entry.number > known).reverse();
  }

  get last(): number {
    return this.#entries.at(-1)?.number ?? 0;
  }

  /** How this session ended, for who was signed in by it. */
  endOf(session: string): string | undefined {
    return this.#entries.find((entry) => entry.ended === session)?.detail;
  }

  close(): void {
    for (const end of this.#endings) end();
  }

  /** Both apps live in one process, and so do their events: each keeps its own. */
  #add(channel: keyof Events, event: Happening): void {
    const { issuer, clientId } = this.#client.ref;
    if (event.client.issuer !== issuer || event.client.clientId !== clientId) return;
    const [title, detail] = tell(event);
    this.#entries.push({
      number: this.last + 1,
      at: new Date(event.at),
      source: `${channel} ${event.type}`,
      title,
      detail,
      ...(event.type === 'ended' && event.session !== undefined && { ended: event.session }),
    });
    if (this.#entries.length > kept) this.#entries.shift();
  }
}

/** What is newer than these words is told by its name. */
function tell(event: Happening): Told {
  const told = words[event.type] as ((event: Happening) => Told) | undefined;
  return told?.(event) ?? [event.type.replaceAll('_', ' '), ''];
}

const reasons: Readonly<Record<EndReason, string>> = {
  rp_initiated: 'By the sign-out button of this app.',
  back_channel: 'There was a sign-out elsewhere. The sign-in service told this app, from server to server.',
  front_channel: 'There was a sign-out elsewhere. A page of the sign-in service said so, in a frame.',
  local: 'This app ended it.',
  new_login: 'A newer sign-in in the same browser took its place.',
  expired: 'It was not used for too long, or was too old.',
  evicted: 'There were too many others.',
  refresh_refused: 'The sign-in service would not renew its tokens.',
};

const words: Words = {
  started: () => ['Sign-in started', 'The browser goes to the sign-in service and takes a sealed cookie along.'],
  succeeded: ({ sub }) => [
    'Sign-in completed',
    `The callback was checked from end to end: it is ${sub ?? 'somebody'}.`,
  ],
  refused: ({ code }) => ['Sign-in refused', `A callback led to no session: ${code}.`],
  created: ({ sub }) => ['Session began', `A new session for ${sub ?? 'somebody'}, under a new id.`],
  ended: ({ reason }) => ['Session ended', reasons[reason]],
  evicted: () => ['Session given up', reasons.evicted],
  requested: () => [
    'Sign-out asked for',
    'The session here ended first; now the browser goes on to the sign-in service.',
  ],
  token_received: () => [
    'Logout token received',
    'The sign-in service signed it, this app checked it and carried it out.',
  ],
  token_refused: ({ code }) => ['Logout token refused', `It was not carried out: ${code}.`],
  front_channel_received: () => [
    'Logout frame opened',
    'A page of the sign-in service framed this app to sign somebody out.',
  ],
  front_channel_unnamed: ({ missing }) => ['Logout frame named nobody', `The registration lacks ${missing}.`],
  front_channel_refused: ({ code }) => ['Logout frame refused', `Nobody was signed out: ${code}.`],
  tokens_revoked: () => ['Tokens given back', 'The sign-in service takes them no more.'],
  revocation_failed: ({ code }) => ['Tokens not given back', `The session has ended all the same: ${code}.`],
  record_failed: ({ code }) => ['Logout token not noted', `It was carried out, but may come again: ${code}.`],
  hook_failed: ({ message }) => ['onLogout failed', message],
  store_full: ({ what }) => ['Store full', `It could not keep more ${what}.`],
  metadata_fetched: () => ['Metadata read', 'The sign-in service said where it is to be asked what.'],
  keys_fetched: () => ['Keys read', 'What the sign-in service signs with can now be verified.'],
  unreachable: ({ code }) => ['Sign-in service out of reach', `Who is signed in stays signed in: ${code}.`],
  warning: ({ message }) => ['Worth knowing', message],
};
