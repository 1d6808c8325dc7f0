// Field names come back alert after alert; cleared when full so that payloads cannot grow it.
const KNOWN = new Map<string, readonly string[]>();
const MAX_KNOWN = 4000;
const MAX_NAME_LENGTH = 256;

/**
 * The words of a field's name in lower case, whatever the style: `rich_header_hash`, `richHeaderHash`, `rich.header-hash`
 * and `RichHeaderHASH` give the same three.
 */
export function fieldWords(name: string): readonly string[] {
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const words = name
    .slice(0, MAX_NAME_LENGTH)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(name, words);
  return words;
}

/** A test of field names that remembers its answers: the same names come alert after alert. Bounded. */
export function remembered(decide: (name: string) => boolean): (name: string) => boolean {
  const answers = new Map<string, boolean>();
  return (name) => {
    let answer = answers.get(name);
    if (answer === undefined) {
      answer = decide(name);
      if (answers.size >= MAX_KNOWN) answers.clear();
      if (name.length <= MAX_NAME_LENGTH) answers.set(name, answer);
    }
    return answer;
  };
}
