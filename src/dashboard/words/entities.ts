/** `host:ws-17` -> its parts; a value may hold colons itself. */
export function entityParts(entity: string): { readonly kind: string; readonly value: string } {
  const colon = entity.indexOf(':');
  return colon < 0
    ? { kind: 'entity', value: entity }
    : { kind: entity.slice(0, colon), value: entity.slice(colon + 1) };
}

/** What people call it: a host or a user without the domain; everything else as it is. The whole name belongs into a title. */
export function shortEntity(entity: string): string {
  const { kind, value } = entityParts(entity);
  const at = value.indexOf('@');
  if (kind === 'user' && at > 0) return value.slice(0, at);
  const dot = value.indexOf('.');
  return kind === 'host' && dot > 0 && !/^[\d.:]+$/.test(value) ? value.slice(0, dot) : value;
}
