// Both publish their parts as files, and the types of them only together.
declare module 'class-validator/cjs/*' {
  // eslint-disable-next-line no-restricted-imports -- types alone
  export * from 'class-validator';
}
declare module 'class-transformer/cjs/*' {
  export * from 'class-transformer';
}
