// On the plainest store there is: a map, nothing serialised, nothing expired.
import { app as withSession } from './express-openid-connect.mjs';

class MapStore {
  #sessions = new Map();

  get(id, done) {
    done(null, this.#sessions.get(id));
  }

  set(id, session, done) {
    this.#sessions.set(id, session);
    done(null);
  }

  destroy(id, done) {
    this.#sessions.delete(id);
    done(null);
  }
}

export function app(at) {
  return withSession(at, { store: new MapStore() });
}
