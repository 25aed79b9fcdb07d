import { validateSync } from '../class-parts.js';

/** A member that does not hold what it must, and why: class-validator's names of the constraints and its words. */
export interface Failure {
  readonly member: string;
  readonly problems: Readonly<Record<string, string>>;
}

/** Checks an instance by the constraints of its class. */
export function failuresOf(message: object): readonly Failure[] {
  // class-validator refuses a class without constraints (UserinfoRequest) unless told not to.
  const errors = validateSync(message, { forbidUnknownValues: false });
  return errors.map((error) => ({ member: error.property, problems: error.constraints ?? {} }));
}
