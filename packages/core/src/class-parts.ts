// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- declares modules, and is none
/// <reference path="./upstream.d.ts" />
import type { ValidationError, ValidatorOptions } from 'class-validator';
import { Validator } from 'class-validator/cjs/validation/Validator.js';

// What we use of class-validator and class-transformer, from the files that define it. Their indexes load 380 files,
// telephone numbers of the world among them: more than half of what loading us would take. The parts are the same objects
// as those of the indexes, whoever loads these, and keep their metadata in the same place.

export { ArrayMinSize } from 'class-validator/cjs/decorator/array/ArrayMinSize.js';
export { Equals } from 'class-validator/cjs/decorator/common/Equals.js';
export { IsNotEmpty } from 'class-validator/cjs/decorator/common/IsNotEmpty.js';
export { ValidateBy } from 'class-validator/cjs/decorator/common/ValidateBy.js';
export { ValidateIf } from 'class-validator/cjs/decorator/common/ValidateIf.js';
export { ValidateNested } from 'class-validator/cjs/decorator/common/ValidateNested.js';
export { Max } from 'class-validator/cjs/decorator/number/Max.js';
export { Min } from 'class-validator/cjs/decorator/number/Min.js';
export { Length } from 'class-validator/cjs/decorator/string/Length.js';
export { Matches } from 'class-validator/cjs/decorator/string/Matches.js';
export { IsArray } from 'class-validator/cjs/decorator/typechecker/IsArray.js';
export { IsBoolean } from 'class-validator/cjs/decorator/typechecker/IsBoolean.js';
export { IsInt } from 'class-validator/cjs/decorator/typechecker/IsInt.js';
export { IsNumber } from 'class-validator/cjs/decorator/typechecker/IsNumber.js';
export { IsString } from 'class-validator/cjs/decorator/typechecker/IsString.js';
export { getMetadataStorage } from 'class-validator/cjs/metadata/MetadataStorage.js';
export { ValidationTypes } from 'class-validator/cjs/validation/ValidationTypes.js';
export { Transform } from 'class-transformer/cjs/decorators/transform.decorator.js';

const validator = new Validator();

/** As class-validator's own; without a container of the program's. */
export function validateSync(object: object, options?: ValidatorOptions): ValidationError[] {
  return validator.validateSync(object, options);
}
