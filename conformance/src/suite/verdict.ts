/** Ends the handling of a request at once: what would follow rests on what is wrong. */
export class Stop extends Error {}

/** What the suite finds wrong with an RP. What the suite only warns of counts here too. */
export class Verdict {
  readonly failures: string[] = [];

  /** Notes a failure; the test goes on. */
  fail(text: string): void {
    this.failures.push(text);
  }

  /** Notes a failure unless the condition holds; the test goes on. */
  expect(holds: boolean, text: string): void {
    if (!holds) this.fail(text);
  }

  /** Notes a failure and stops the test. */
  stop(text: string): never {
    this.fail(text);
    throw new Stop(text);
  }

  /** Notes a failure and stops the test unless the condition holds. */
  demand(holds: boolean, text: string): void {
    if (!holds) this.stop(text);
  }
}
