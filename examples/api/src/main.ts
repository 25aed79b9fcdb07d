// ISSUER says whose tokens are taken; they must be for http://localhost:3000, or wherever PORT says.
import { createApi } from './api.js';

const { ISSUER = '', PORT = '3000' } = process.env;
const url = `http://localhost:${PORT}`;
createApi({ url, issuer: ISSUER }).listen(PORT, () => console.log(`Orders at ${url}/orders, for tokens of ${ISSUER}`));
