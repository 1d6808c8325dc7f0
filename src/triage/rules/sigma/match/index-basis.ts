import { GramCounts } from './gram-table.ts';
import { NODE_TEST, type Program } from './program.ts';
import type { IndexBasis } from './rule-index.ts';
import { findWitnesses, GRAM, type Sign, signOf } from './witness.ts';

/** A field that is there tells nearly nothing. */
const FIELD_COST = 300;
/** A regular expression that shows by nothing but its field is run on every value: any literal is cheaper. */
const REGEX_COST = 100_000;

export function indexBasis(program: Program): IndexBasis {
  const counts = new GramCounts();
  const signs = new Array<Sign | undefined>(program.nNodes);
  for (let node = 0; node < program.nNodes; node++) {
    if (program.kind[node] !== NODE_TEST) continue;
    const sign = signOf(program.tests[node]!, program.field[node] === 0);
    signs[node] = sign;
    if (sign?.kind === 'literal') for (const text of sign.texts) counts.add(text, text.length < GRAM ? 2 : 4);
  }
  const uses = new Uint32Array(program.nNodes);
  for (const node of program.operands) uses[node]!++;
  const costs = new Float64Array(program.nNodes).fill(Number.POSITIVE_INFINITY);
  for (let node = 0; node < program.nNodes; node++) {
    const sign = signs[node];
    if (sign === undefined) continue;
    const isBareRegex = sign.kind === 'field' && program.tests[node]!.kind === 'regex';
    costs[node] = isBareRegex ? REGEX_COST : costOf(sign, uses[node]!);
  }
  return { program, counts, witnesses: findWitnesses(program, costs) };
}

/**
 * Estimate of how often a sign shows without a match: short literals, and those that many rules use, are common. The
 * shortest that are looked for at all lie beyond ASCII and are rare.
 */
function costOf(sign: Sign, nUses: number): number {
  if (sign.kind === 'field') return sign.isWide ? 1 : FIELD_COST;
  const popularity = 1 + nUses / 4;
  let cost = 0;
  for (const { length } of sign.texts) {
    if (sign.place === 'inside') cost += length >= 10 || length < GRAM ? 1 : 40 / (length * length - 12);
    else cost += length >= 5 ? 1 : 20 / length;
  }
  return cost * popularity * (sign.isProof ? 1 : 2);
}
