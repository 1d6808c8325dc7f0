/** Line and column of a character, both from 1; 0 for a place that is not known. */
export function placeOf(text: string, at: number): { line: number; column: number } {
  if (at < 0) return { line: 0, column: 0 };
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - lineStart + 1 };
}
