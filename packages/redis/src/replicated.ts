import { UnavailableError } from '@latchkey/core';
import type { RedisNode } from './client.js';
import type { Connection } from './connection.js';
import type { Script } from './scripts/script.js';

/** How long replicas have to confirm, in milliseconds. */
const patience = 1000;

interface Job {
  readonly script: Script;
  readonly keys: string[];
  readonly args: readonly string[];
  readonly resolve: (reply: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Runs scripts on a connection of its own, and answers when enough replicas have what they wrote. A WAIT speaks for all
 * that was written before it on its connection and holds up what comes after it, so what arrives meanwhile is written
 * together and shares the next one: nobody waits for more than two.
 */
export class Replicated {
  readonly #connection: Connection;
  readonly #replicas: number;
  #jobs: Job[] = [];
  #busy = false;

  constructor(connection: Connection, replicas: number) {
    this.#connection = connection;
    this.#replicas = replicas;
  }

  /** @throws UnavailableError `store_unavailable` also when it was written, but too few replicas have it */
  run(script: Script, keys: string[], args: readonly string[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#jobs.push({ script, keys, args, resolve, reject });
      void this.#work();
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #work(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    for (let jobs = this.#take(); jobs.length > 0; jobs = this.#take()) await this.#round(jobs);
    this.#busy = false;
  }

  #take(): Job[] {
    const jobs = this.#jobs;
    this.#jobs = [];
    return jobs;
  }

  async #round(jobs: readonly Job[]): Promise<void> {
    const waits = new Map<RedisNode, Promise<void>>();
    const written = await Promise.allSettled(jobs.map((job) => this.#write(job)));
    await Promise.all(
      written.map(async (result, n) => {
        const job = jobs[n];
        try {
          if (result.status === 'rejected') throw result.reason;
          const { node, epoch, reply } = result.value;
          waits.set(node, waits.get(node) ?? this.#wait(node));
          await waits.get(node);
          if (node.socketEpoch !== epoch) throw lacking('the connection changed meanwhile');
          job?.resolve(reply);
        } catch (error) {
          job?.reject(error);
        }
      }),
    );
  }

  /** A WAIT on another connection than the one that wrote would confirm nothing: both are compared. */
  async #write({ script, keys, args }: Job): Promise<{ node: RedisNode; epoch: number; reply: unknown }> {
    const node = await this.#connection.nodeOf(keys[0] ?? '');
    const epoch = node.socketEpoch;
    const reply = await this.#connection.run(script, keys, args);
    if ((await this.#connection.nodeOf(keys[0] ?? '')) !== node || node.socketEpoch !== epoch)
      throw lacking('the connection changed meanwhile');
    return { node, epoch, reply };
  }

  async #wait(node: RedisNode): Promise<void> {
    const have = await this.#connection.send(node, ['WAIT', String(this.#replicas), String(patience)], patience);
    if (Number(have) < this.#replicas) throw lacking(`${Number(have)} have it`);
  }
}

function lacking(came: string): UnavailableError {
  return new UnavailableError(
    'store_unavailable',
    `Expected enough replicas of Redis to confirm a logout within ${patience} ms, but ${came}.`,
  );
}
