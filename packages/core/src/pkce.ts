import { hash } from 'node:crypto';
import { randomToken } from './crypto.js';

/** A fresh code verifier of 43 characters; one per login. [RFC 7636 section 4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1) */
export function createCodeVerifier(): string {
  return randomToken();
}

/** The S256 challenge of a verifier; `plain` does not exist here. [RFC 7636 section 4.2](https://www.rfc-editor.org/rfc/rfc7636#section-4.2) */
export function codeChallengeOf(codeVerifier: string): string {
  return hash('sha256', codeVerifier, 'base64url');
}
