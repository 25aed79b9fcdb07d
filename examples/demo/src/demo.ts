// npm start: two apps and an OP, until Ctrl-C. PORT says where the first listens, and the others after it; 0 is any.
import { startDemo } from './start-demo.js';
import { welcome } from './welcome.js';

const port = Number(process.env.PORT ?? 3000);
const demo = await startDemo({ notes: port, photos: port && port + 1, op: port && port + 2 });
console.log(welcome(demo));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void demo.stop());
