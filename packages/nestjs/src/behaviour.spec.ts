import { behavesAsAll } from '../../core/test/behaviour.js';
import { App, surroundings } from '../test/app.js';

describe.each(surroundings)('Nest on $name', (around) => {
  behavesAsAll((op, options) => App.start(op, around, options));
});
