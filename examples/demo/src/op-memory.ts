import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Stored {
  readonly payload: AdapterPayload;
  readonly until: number;
}

/** Where the OP keeps what it knows: in this process, until it ends. One for each kind of thing. */
export class OpMemory implements Adapter {
  readonly #stored = new Map<string, Stored>();

  upsert(id: string, payload: AdapterPayload, seconds?: number): Promise<void> {
    this.#stored.set(id, { payload, until: seconds === undefined ? Infinity : Date.now() + seconds * 1000 });
    return Promise.resolve();
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    const found = this.#stored.get(id);
    if (found && found.until > Date.now()) return Promise.resolve(found.payload);
    this.#stored.delete(id);
    return Promise.resolve(undefined);
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.uid === uid);
  }

  findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
    return this.#findBy((payload) => payload.userCode === userCode);
  }

  async consume(id: string): Promise<void> {
    const payload = await this.find(id);
    if (payload) payload.consumed = Math.floor(Date.now() / 1000);
  }

  destroy(id: string): Promise<void> {
    this.#stored.delete(id);
    return Promise.resolve();
  }

  revokeByGrantId(grantId: string): Promise<void> {
    for (const [id, { payload }] of this.#stored) if (payload.grantId === grantId) this.#stored.delete(id);
    return Promise.resolve();
  }

  #findBy(matches: (payload: AdapterPayload) => boolean): Promise<AdapterPayload | undefined> {
    const [id] = [...this.#stored].find(([, { payload }]) => matches(payload)) ?? [];
    return id === undefined ? Promise.resolve(undefined) : this.find(id);
  }
}
