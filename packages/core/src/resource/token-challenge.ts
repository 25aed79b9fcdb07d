import { writeChallenge } from '../messages/challenge.js';
import { dpopAlgorithms } from './dpop.js';

/** What every challenge of an API says. */
export interface ChallengeOptions {
  readonly realm?: string | undefined;
  /** Where the API's metadata is. */
  readonly resourceMetadata?: string | undefined;
  /** Whether tokens may come by DPoP, or must. */
  readonly dpop: 'never' | 'taken' | 'required';
}

/**
 * The challenges of an API: one for each scheme that it takes, the one that was used with what was wrong.
 * [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3), [RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)
 */
export class Challenges {
  /** For who brought no credentials: without an error. */
  readonly bare: string;
  readonly #common: readonly [string, string][];
  readonly #schemes: readonly ('Bearer' | 'DPoP')[];

  constructor({ realm, resourceMetadata, dpop }: ChallengeOptions) {
    this.#common = [
      ...(realm === undefined ? [] : [['realm', realm] satisfies [string, string]]),
      ...(resourceMetadata === undefined ? [] : [['resource_metadata', resourceMetadata] satisfies [string, string]]),
    ];
    this.#schemes = dpop === 'never' ? ['Bearer'] : dpop === 'required' ? ['DPoP'] : ['Bearer', 'DPoP'];
    this.bare = this.#write(undefined, []);
  }

  /** For who brought credentials by a scheme that were refused. */
  for(scheme: 'Bearer' | 'DPoP', parameters: Readonly<Record<string, string>>): string {
    return this.#write(this.#schemes.includes(scheme) ? scheme : this.#schemes[0], Object.entries(parameters));
  }

  #write(used: string | undefined, parameters: readonly [string, string][]): string {
    return this.#schemes
      .map((scheme) => {
        const algs: [string, string][] = scheme === 'DPoP' ? [['algs', dpopAlgorithms.join(' ')]] : [];
        return writeChallenge(scheme, [...this.#common, ...(scheme === used ? parameters : []), ...algs]);
      })
      .join(', ');
  }
}
