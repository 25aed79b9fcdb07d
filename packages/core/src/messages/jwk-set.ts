import { Message } from './message.js';
import { check, isObject } from './members.js';

/**
 * Public keys: from whoever signs to whoever verifies, JSON. Keys that are not understood are to be skipped, so each need only be
 * an object here. Other members are kept. [RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)
 */
export class JwkSet extends Message {
  static override readonly extra = 'allow';
  static override readonly nullIsAbsent = true;
  static override readonly maxBytes = 1024 * 1024;

  /** REQUIRED. The keys. */
  @check('isKeys', 'a list of objects', (value) => Array.isArray(value) && value.every(isObject))
  readonly keys!: readonly Readonly<Record<string, unknown>>[];
}
