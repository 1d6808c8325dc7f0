const SEGMENT = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;

/**
 * Checks a blob path: relative, `/`-separated, at most 512 characters, segments of letters, digits, `.`, `_` and `-`
 * that do not start with a dot. So no path can leave its root.
 *
 * @throws RangeError for anything else
 */
export function checkStorePath(path: string): string {
  if (path.length > 512 || !path.split('/').every((segment) => SEGMENT.test(segment))) {
    throw new RangeError(
      `Expected \`path\` to be relative, of letters, digits, ".", "_", "-" and "/", got ${path}.`,
    );
  }
  return path;
}
