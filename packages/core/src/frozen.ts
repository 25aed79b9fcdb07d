/** A deeply frozen copy of JSON: whoever holds the original, or gets the copy, cannot change what was kept. */
export function frozenCopy<T>(json: T): T {
  return JSON.parse(JSON.stringify(json), (_name, member: unknown) => Object.freeze(member)) as T;
}
