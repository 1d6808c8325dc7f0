/** Bounds on foreign rules: what lies beyond is refused by name. Public rules stay below all of them. */
export const LIMITS = {
  /** Characters of one YAML document; the largest public rule, a list of vulnerable drivers, has 300,000. */
  documentChars: 512 * 1024,
  /** Characters of one file, all its documents together. */
  fileChars: 16 * 1024 * 1024,
  /** Collections within each other in one document. */
  yamlDepth: 64,
  /** Scalars, lists and maps in one document, aliases counted as often as they are used. */
  yamlValues: 10_000,
  /** Operators and parentheses within each other in one condition. */
  conditionDepth: 64,
  /** Characters of one regular expression. */
  regexChars: 4096,
  /** Atoms of one rule once placeholders and encodings are written out. */
  ruleAtoms: 20_000,
  /** Correlations that refer to each other. */
  chainDepth: 10,
  /** Characters of an event's value that regular expressions and globs look at. */
  valueChars: 16 * 1024,
  /** Objects and lists within each other in an event that are searched for keywords. */
  eventDepth: 64,
} as const;
