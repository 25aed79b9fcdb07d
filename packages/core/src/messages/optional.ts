import { ValidateBy, ValidateIf } from '../class-parts.js';

/** The member may be absent. Unlike class-validator's `IsOptional`, `null` is not absent: it is checked like any other value. */
export function Optional(): PropertyDecorator {
  return ValidateIf((_message, value) => value !== undefined);
}

/** The member may be absent until `reason` names why it may not, as in `grant_type is 'refresh_token'`; the refusal says so. */
export function RequiredWhen<T extends object>(reason: (message: T) => string | undefined): PropertyDecorator {
  const condition = ValidateIf((message: T, value) => value !== undefined || reason(message) !== undefined);
  const required = ValidateBy({
    name: 'isRequired',
    validator: {
      validate: (value) => value !== undefined,
      defaultMessage: (args) => `$property is required when ${args && reason(args.object as T)}`,
    },
  });
  return (target, name) => [condition, required].forEach((decorate) => decorate(target, name));
}

/** The member stands alone: not beside that other one. */
export function NotBeside<T extends object>(other: keyof T & string): PropertyDecorator {
  const alone = (message: object | undefined): boolean =>
    (message as Record<string, unknown> | undefined)?.[other] === undefined;
  return ValidateBy({
    name: 'isAlone',
    validator: {
      validate: (_value, args) => alone(args?.object),
      defaultMessage: () => `$property must not stand beside ${other}`,
    },
  });
}
