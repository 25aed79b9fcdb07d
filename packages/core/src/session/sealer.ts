import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { freshBytes, hashOf } from '../crypto.js';
import { ConfigurationError, ResponseError } from '../errors.js';
import type { ClientRef } from './session-store.js';

/** Whose values these are: an application at one base URL, as one client of one OP. */
export interface Binding extends ClientRef {
  readonly baseUrl: string;
}

/** What a value is sealed for; each purpose has keys of its own. */
export type SealPurpose = (typeof purposes)[number];

const purposes = ['login', 'logout', 'tokens', 'session'] as const;
/** Part of every key: counted up when the form of a sealed value, or of what is in one, changes. */
const version = 1;
const idBytes = 4;
const ivBytes = 12;
const tagBytes = 16;
const maxLength = 262_144;

interface Key {
  readonly id: Buffer;
  readonly key: KeyObject;
}

/**
 * Seals values with AES-256-GCM under keys that belong to one binding and one purpose. The text is base64url of
 * key id, IV, ciphertext and tag. Of several secrets the first seals and all open, so that secrets can be rotated.
 */
export class Sealer {
  readonly #binding: Binding;
  #keys: ReadonlyMap<SealPurpose, readonly Key[]>;
  #generation = 0;

  /** @throws ConfigurationError `invalid_option` without a secret, or with one of under 32 bytes */
  constructor(secrets: string | readonly string[], binding: Binding) {
    this.#binding = binding;
    this.#keys = deriveKeys(secrets, binding);
  }

  /**
   * Exchanges the secrets for all that is sealed and opened from now on.
   * @throws ConfigurationError `invalid_option` as the constructor does; the old secrets then stay
   */
  replaceSecrets(secrets: string | readonly string[]): void {
    this.#keys = deriveKeys(secrets, this.#binding);
    this.#generation++;
  }

  /** How often the secrets were exchanged, so that what was opened before can be told from what opens now. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Seals a text for a purpose, under the name of the cookie or the entry that will hold it.
   * @throws ResponseError `message_too_large` when the sealed text would exceed 256 KB
   */
  seal(purpose: SealPurpose, name: string, plain: string): string {
    const [sealing] = this.#keys.get(purpose) ?? [];
    if (!sealing) throw new TypeError('There is no such purpose.');
    const iv = freshBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', sealing.key, iv, { authTagLength: tagBytes });
    cipher.setAAD(additionalData(sealing, name));
    const ciphertext = [cipher.update(plain, 'utf8'), cipher.final()];
    const sealed = Buffer.concat([sealing.id, iv, ...ciphertext, cipher.getAuthTag()]).toString('base64url');
    if (sealed.length <= maxLength) return sealed;
    throw new ResponseError(
      'message_too_large',
      `Expected at most ${maxLength} characters to keep, came ${sealed.length}.`,
    );
  }

  /** Opens what was sealed for this purpose under this name; undefined for anything else, whatever it is. */
  open(purpose: SealPurpose, name: string, sealed: string): string | undefined {
    if (typeof sealed !== 'string' || sealed.length > maxLength) return undefined;
    const bytes = Buffer.from(sealed, 'base64url');
    // Decoding is lenient; only the one text that encoding gives back is taken.
    if (bytes.length < idBytes + ivBytes + tagBytes || bytes.toString('base64url') !== sealed) return undefined;
    for (const key of this.#keys.get(purpose) ?? []) {
      const plain = key.id.equals(bytes.subarray(0, idBytes)) ? decrypt(key, name, bytes) : undefined;
      if (plain !== undefined) return plain;
    }
    return undefined;
  }
}

function decrypt(key: Key, name: string, bytes: Buffer): string | undefined {
  const iv = bytes.subarray(idBytes, idBytes + ivBytes);
  const decipher = createDecipheriv('aes-256-gcm', key.key, iv, { authTagLength: tagBytes });
  decipher.setAAD(additionalData(key, name));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  const plain = decipher.update(bytes.subarray(idBytes + ivBytes, -tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

/** The id has a fixed length, so that id and name cannot run into each other. */
function additionalData(key: Key, name: string): Buffer {
  return Buffer.concat([key.id, Buffer.from(name, 'utf8')]);
}

function deriveKeys(secrets: string | readonly string[], binding: Binding): ReadonlyMap<SealPurpose, readonly Key[]> {
  const list = typeof secrets === 'string' ? [secrets] : secrets;
  if (!Array.isArray(list) || list.length === 0)
    throw new ConfigurationError('invalid_option', 'Option session.secret: expected one secret or several, came none.');
  list.forEach(refuseShort);
  return new Map(
    purposes.map((purpose) => [purpose, list.map((secret: string) => deriveKey(secret, purpose, binding))]),
  );
}

function refuseShort(secret: unknown): void {
  const came = typeof secret === 'string' ? `${Buffer.byteLength(secret)} bytes` : `a value of type ${typeof secret}`;
  if (typeof secret === 'string' && Buffer.byteLength(secret) >= 32) return;
  throw new ConfigurationError(
    'invalid_option',
    `Option session.secret: expected a secret of at least 32 bytes, came ${came}.`,
  );
}

/** 32 bytes of key and 4 bytes that name it, which tell nothing of the key. */
function deriveKey(secret: string, purpose: SealPurpose, { issuer, clientId, baseUrl }: Binding): Key {
  const info = JSON.stringify(['latchkey', version, purpose, hashOf(issuer, clientId, baseUrl)]);
  const derived = Buffer.from(hkdfSync('sha256', secret, '', info, 32 + idBytes));
  return { key: createSecretKey(derived.subarray(0, 32)), id: derived.subarray(32) };
}
