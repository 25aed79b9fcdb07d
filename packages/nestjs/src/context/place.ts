import type { ArgumentsHost, ExecutionContext } from '@nestjs/common';

/** Names a handler for the log, by its class and method. */
export function placeOf(kind: string, host: ArgumentsHost | ExecutionContext): string {
  const { getClass, getHandler } = host as Partial<ExecutionContext>;
  const type = getClass?.call(host) as { readonly name: string } | null | undefined;
  const handler = getHandler?.call(host) as { readonly name: string } | null | undefined;
  return type && handler ? `${kind} ${type.name}.${handler.name}` : kind;
}
