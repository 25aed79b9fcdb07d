import type { Events } from '@latchkey/core';

/** A counter for every event: its unit, and what it counts. A new event of core's has no place to hide from this type. */
type Counters = {
  readonly [C in keyof Events]: { readonly [T in Events[C]['type']]: readonly [unit: string, description: string] };
};

/** By channel and type; the instrument is called `latchkey.<channel>.<type>`. */
export const counters: Counters = {
  'latchkey:login': {
    started: ['{login}', 'Browsers sent to the OP to sign in.'],
    succeeded: ['{login}', 'Users that came back from the OP and are signed in.'],
    refused: ['{login}', 'Callbacks that led to no session.'],
  },
  'latchkey:session': {
    created: ['{session}', 'Sessions that began.'],
    ended: ['{session}', 'Sessions that ended.'],
    evicted: ['{session}', 'Sessions that a full store gave up.'],
  },
  'latchkey:logout': {
    requested: ['{logout}', 'Logouts that users asked this program for.'],
    token_received: ['{token}', 'Logout tokens that were carried out.'],
    token_refused: ['{token}', 'Logout tokens that were not carried out.'],
    front_channel_received: ['{logout}', 'Front-channel logouts that were carried out.'],
    front_channel_unnamed: ['{logout}', 'Front-channel logouts that named no session.'],
    front_channel_refused: ['{logout}', 'Front-channel logouts that were not carried out.'],
    record_failed: ['{token}', 'Logout tokens that were carried out but could not be recorded as used.'],
    hook_failed: ['{failure}', "Failures of the program's onLogout."],
    tokens_revoked: ['{revocation}', 'Ended sessions whose tokens the OP took back.'],
    revocation_failed: ['{revocation}', 'Ended sessions whose tokens could not be given back.'],
    store_full: ['{failure}', 'Logouts that a full store could not remember.'],
  },
  'latchkey:token': {
    refreshed: ['{refresh}', 'Sessions that got new tokens.'],
    refresh_failed: ['{refresh}', 'Refreshes that brought no tokens; their sessions stayed.'],
    refresh_refused: ['{refresh}', 'Refreshes that the OP refused; their sessions ended.'],
    access_token_refused: ['{token}', 'Access tokens that an API did not accept, or could not judge.'],
  },
  'latchkey:provider': {
    metadata_fetched: ['{fetch}', "Times that the OP's metadata came."],
    keys_fetched: ['{fetch}', "Times that the OP's keys came."],
    unreachable: ['{failure}', 'Times that the OP did not answer as it should.'],
    warning: ['{warning}', 'Warnings about the configuration.'],
  },
};

/** What an event is called as a counter and on a span. */
export function nameOf(channel: keyof Events, type: string): string {
  return `${channel.replace(':', '.')}.${type}`;
}
