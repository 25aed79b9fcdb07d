import { channel } from 'node:diagnostics_channel';
import { OidcClient } from '@latchkey/core';
import { Story } from './story.js';

const client = new OidcClient({
  issuer: 'https://op.example',
  clientId: 'notes',
  baseUrl: 'https://notes.example',
  session: { secret: 'a secret of forty bytes, for tests alone' },
});

describe('Story', () => {
  let story: Story;
  beforeEach(() => {
    story = new Story(client);
  });
  afterEach(() => story.close());

  const publish = (name: string, event: object): void =>
    channel(`latchkey:${name}`).publish({ client: client.ref, at: 1000, ...event });

  it('tells the newest first, in plain words', () => {
    publish('login', { type: 'started' });
    publish('session', { type: 'created', sub: 'ada', session: 's1' });
    expect(story.after(0)).toMatchObject([
      {
        number: 2,
        title: 'Session began',
        source: 'latchkey:session created',
        detail: expect.stringContaining('ada') as string,
      },
      { number: 1, title: 'Sign-in started', at: new Date(1000) },
    ]);
    expect(story.after(1)).toHaveLength(1);
    expect(story.after(2)).toEqual([]);
  });

  it('has words for a frame that signed nobody out', () => {
    publish('logout', { type: 'front_channel_refused', code: 'response_iss' });
    expect(story.after(0)).toMatchObject([
      { title: 'Logout frame refused', detail: 'Nobody was signed out: response_iss.' },
    ]);
  });

  it('keeps to its own app', () => {
    publish('login', { type: 'started', client: { ...client.ref, clientId: 'photos' } });
    publish('login', { type: 'started', client: { ...client.ref, issuer: 'https://other.example' } });
    expect(story.last).toBe(0);
  });

  it('knows how a session ended', () => {
    publish('session', { type: 'ended', session: 's1', reason: 'back_channel' });
    expect(story.endOf('s1')).toContain('from server to server');
    expect(story.endOf('s2')).toBeUndefined();
  });

  it('tells everything to who comes from an earlier run, and what it has no words for by its name', () => {
    publish('logout', { type: 'something_new' });
    expect(story.after(99)).toMatchObject([{ title: 'something new' }]);
    expect(story.after(Number.NaN)).toHaveLength(1);
  });

  it('keeps the last fifty, and none after its end', () => {
    for (let at = 0; at < 60; at++) publish('login', { type: 'started' });
    expect(story.after(0)).toHaveLength(50);
    expect(story.last).toBe(60);
    story.close();
    publish('login', { type: 'started' });
    expect(story.last).toBe(60);
  });
});
