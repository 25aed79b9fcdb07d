// Keeps oidc-provider's advice to whoever runs it for real out of the tests' output. Imported before it, as it speaks on load.
for (const level of ['info', 'warn'] as const) {
  const print = console[level].bind(console);
  console[level] = (...words: unknown[]) => {
    if (!/oidc-provider (?:NOTICE|WARNING):/.test(String(words[0]))) print(...words);
  };
}

export {};
