import { getMetadataStorage, validateSync, ValidationTypes } from '../class-parts.js';
import type { ValidationArguments, ValidatorConstraintInterface } from 'class-validator';

/** The names of the members that do not hold what they must, in class-validator's order; none when the message is good. */
export type CompiledValidator = (message: object) => readonly string[];

/** class-validator does not export the type of its own metadata. */
type Metadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];
type Constraints = readonly unknown[];
/** Whether a value, of a message, satisfies one constraint. */
type Check = (value: unknown, message: object) => boolean;

/** A member with its conditions and its constraints. */
interface Plan {
  readonly name: string;
  readonly conditions: readonly ((message: object, value: unknown) => boolean)[];
  readonly checks: readonly Check[];
}

/**
 * Compiles the constraints of a class into plain functions, from class-validator's own metadata: the same verdict and the same
 * failing members as `validateSync`, without its collecting and grouping at every call. Classes with nested or asynchronous
 * constraints are left to class-validator whole.
 */
export function compileValidator(type: { readonly prototype: object }): CompiledValidator {
  const storage = getMetadataStorage();
  const metadata = storage.getTargetValidationMetadatas(type as new () => object, '', false, false);
  if (!metadata.every(isPlain)) return interpret;
  const plans = Object.entries(storage.groupByPropertyName(metadata)).map(([name, entries]) => planOf(name, entries));
  return (message) => {
    const failing: string[] = [];
    for (const plan of plans) if (!holds(plan, message)) failing.push(plan.name);
    return failing;
  };
}

function interpret(message: object): readonly string[] {
  return validateSync(message, { forbidUnknownValues: false }).map((error) => error.property);
}

function isPlain({ type, constraintCls }: Metadata): boolean {
  if (type === ValidationTypes.NESTED_VALIDATION || type === ValidationTypes.PROMISE_VALIDATION) return false;
  return !constraintsOf(constraintCls).some(({ async }) => async);
}

function constraintsOf(
  type: Metadata['constraintCls'],
): ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidatorConstraints']> {
  return type ? getMetadataStorage().getTargetValidatorConstraints(type) : [];
}

function planOf(name: string, entries: readonly Metadata[]): Plan {
  const conditions = entries.filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION);
  return {
    name,
    conditions: conditions.map(({ constraints }) => (constraints as [Plan['conditions'][number]])[0]),
    checks: entries.filter((entry) => !conditions.includes(entry)).flatMap(checksOf),
  };
}

function holds({ name, conditions, checks }: Plan, message: object): boolean {
  const value = (message as Record<string, unknown>)[name];
  for (const applies of conditions) if (!applies(message, value)) return true;
  for (const check of checks) if (!check(value, message)) return false;
  return true;
}

/** The checks of one constraint. What a shortcut accepts is accepted; about everything else class-validator's function is asked. */
function checksOf({ constraintCls, constraints, propertyName, each, validateIf }: Metadata): Check[] {
  return constraintsOf(constraintCls).map(({ instance, name }) => {
    const accepts = shortcutTo(name, instance, constraints);
    const ask: Check = (value, message) => {
      const args = {
        targetName: message.constructor.name,
        property: propertyName,
        object: message,
        value,
        constraints,
      };
      const one = (item: unknown): boolean => Boolean(instance.validate(item, args));
      return each && isCollection(value) ? [...value.values()].every(one) : one(value);
    };
    const eachAccepts = (value: unknown): boolean =>
      each && Array.isArray(value) ? value.every(accepts) : !each && accepts(value);
    return (value, message) =>
      (validateIf ? !validateIf(message, value) : false) || eachAccepts(value) || ask(value, message);
  });
}

function isCollection(value: unknown): value is unknown[] | Set<unknown> | Map<unknown, unknown> {
  return Array.isArray(value) || value instanceof Set || value instanceof Map;
}

type Accept = (value: unknown) => boolean;

// class-validator's commonest constraints: how each introduces itself, and values that it accepts for certain.
const shortcuts: Readonly<
  Record<string, { readonly says: string; readonly accepts: (constraints: Constraints) => Accept }>
> = {
  isString: { says: 'must be a string', accepts: () => (value) => typeof value === 'string' },
  isNotEmpty: { says: 'should not be empty', accepts: () => (value) => typeof value === 'string' && value !== '' },
  isBoolean: { says: 'must be a boolean value', accepts: () => (value) => typeof value === 'boolean' },
  isInt: { says: 'must be an integer number', accepts: () => Number.isInteger },
  isArray: { says: 'must be an array', accepts: () => Array.isArray },
  isNumber: {
    says: 'must be a number conforming to the specified constraints',
    accepts: ([options]) => (Object.keys(options as object).length === 0 ? Number.isFinite : () => false),
  },
  min: {
    says: 'must not be less than $constraint1',
    accepts:
      ([min]) =>
      (value) =>
        typeof value === 'number' && value >= (min as number),
  },
  max: {
    says: 'must not be greater than $constraint1',
    accepts:
      ([max]) =>
      (value) =>
        typeof value === 'number' && value <= (max as number),
  },
  isLength: {
    says: 'must be longer than or equal to $constraint1 characters',
    // Characters beyond 16 bits count once there, so that no text is longer than it is here.
    accepts:
      ([min, max]) =>
      (value) =>
        typeof value === 'string' && min === 1 && value !== '' && value.length <= (max as number),
  },
};

/** The shortcut to a constraint of class-validator's; a constraint of another's that took its name has none. */
function shortcutTo(name: string, instance: ValidatorConstraintInterface, constraints: Constraints = []): Accept {
  const shortcut = Object.hasOwn(shortcuts, name) ? shortcuts[name] : undefined;
  const said = shortcut && instance.defaultMessage?.({ constraints } as unknown as ValidationArguments);
  return shortcut && said?.replace('each value in ', '') === `$property ${shortcut.says}`
    ? shortcut.accepts(constraints)
    : () => false;
}
