// Express 4 is installed under this alias, so that tests run on both majors; its types are those of Express 5.
declare module 'express4' {
  export { default } from 'express';
}
