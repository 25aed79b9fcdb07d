import { OidcError } from '../src/errors.js';

/** The error of ours that a step throws or rejects with; fails when it does neither, or with another. */
export async function refusal(step: () => unknown): Promise<OidcError> {
  try {
    await step();
  } catch (error) {
    if (error instanceof OidcError) return error;
    throw error;
  }
  throw new Error('Expected a refusal, came none.');
}
