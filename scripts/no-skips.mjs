// Jest reporter: a skipped test is a failure in CI, where everything a test needs is installed.
export default class NoSkips {
  #skipped = 0;

  onRunComplete(_contexts, results) {
    this.#skipped = results.numPendingTests + results.numTodoTests;
  }

  getLastError() {
    if (process.env.CI && this.#skipped) return new Error(`Skipped tests: ${this.#skipped}. In CI every test runs.`);
  }
}
