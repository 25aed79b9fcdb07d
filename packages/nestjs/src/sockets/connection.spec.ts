import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { type OidcError, type Session, UnavailableError, type VerifiedToken } from '@latchkey/core';
import { Logger } from '@nestjs/common';
import type { Pass } from '../calls.js';
import { Connection, type OpenSocket } from './connection.js';
import { Handshake } from './handshake.js';

beforeAll(() => void Logger.overrideLogger(false));

/** A socket that tells what it was closed with. */
class Line implements OpenSocket {
  readonly closed: Promise<OidcError>;
  #listener: () => void = () => undefined;
  #close: (error: OidcError) => void = () => undefined;

  constructor() {
    this.closed = new Promise((resolve) => (this.#close = resolve));
  }
  close(error: OidcError): void {
    this.#close(error);
    this.hangUp();
  }
  onClose(listener: () => void): void {
    this.#listener = listener;
  }
  hangUp(): void {
    this.#listener();
  }
}

/** A session that ends when a test says so, and counts who watches. */
class Watched {
  watching = 0;
  end: () => void = () => undefined;
  constructor(readonly fault?: Error) {}

  pass(): Pass {
    const session = {
      record: { id: 'a session' },
      whenOver: (over: () => void) => {
        if (this.fault) return Promise.reject(this.fault);
        this.watching++;
        this.end = over;
        return Promise.resolve(() => void this.watching--);
      },
    };
    return { session: session as unknown as Session };
  }
}

const connection = (): Connection => new Connection(new Handshake(new IncomingMessage(new Socket())));
const tokenUntil = (expiresAt: number | undefined): Pass => ({ token: { expiresAt } as VerifiedToken });
const inAnHour = (): number => Date.now() / 1000 + 3600;

it('closes with the session, which is watched once however many messages it lets pass', async () => {
  const [line, watched, held] = [new Line(), new Watched(), connection()];
  await held.open(line);
  await held.hold(watched.pass());
  await held.hold(watched.pass());
  expect(watched.watching).toBe(1);
  watched.end();
  expect(await line.closed).toMatchObject({ code: 'login_required', status: 401 });
  await Promise.resolve();
  expect(watched.watching).toBe(0);
});

it('closes with the token', async () => {
  const [line, held] = [new Line(), connection()];
  await held.open(line);
  await held.hold(tokenUntil(undefined));
  await held.hold(tokenUntil(inAnHour()));
  await held.hold(tokenUntil(Date.now() / 1000 - 1));
  expect(await line.closed).toMatchObject({ code: 'token_refused', status: 401 });
});

it('holds what a handshake passed for once its socket is open', async () => {
  const [line, watched, held] = [new Line(), new Watched(), connection()];
  const pass = watched.pass();
  await held.hold(pass);
  expect([held.pass, watched.watching]).toEqual([pass, 0]);
  await held.open(line);
  expect(watched.watching).toBe(1);
});

it('watches nothing any more when the socket has closed', async () => {
  const [line, watched, held] = [new Line(), new Watched(), connection()];
  await held.open(line);
  await held.hold({ ...watched.pass(), ...tokenUntil(inAnHour()) });
  line.hangUp();
  await Promise.resolve();
  expect(watched.watching).toBe(0);
  await held.hold(watched.pass());
  expect(watched.watching).toBe(0);
});

it('closes a socket whose end nobody would hear of, and refuses its messages', async () => {
  const fault = new UnavailableError('store_unavailable', 'away');
  const [line, held] = [new Line(), connection()];
  await held.hold(new Watched(fault).pass());
  await held.open(line);
  expect(await line.closed).toBe(fault);
  const later = connection();
  await later.open(new Line());
  await expect(later.hold(new Watched(fault).pass())).rejects.toBe(fault);
  const watched = new Watched();
  await later.hold(watched.pass());
  expect(watched.watching).toBe(1);
});
