/** Puts a field into a record that is read part by part; a name that comes again makes a list. Empty values are left out. */
export function putField(fields: Record<string, unknown>, name: string, value: unknown): void {
  if (value === '' || name === '__proto__') return;
  const known = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (known === undefined) fields[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else fields[name] = [known, value];
}
