import { GramCounts } from './gram-table.ts';
import { NODE_TEST, type Program } from './program.ts';
import type { IndexBasis } from './rule-index.ts';
import { findWitnesses, GRAM, type Sign, signOf } from './witness.ts';

/**
 * Folded parts of values that most hosts show all day. A literal that stands in here names too many candidates to be a
 * good witness, however rare it is among the rules.
 */
const COMMONPLACE =
  'c:\\windows\\system32\\svchost.exe -k netsvcs -p -s c:\\windows\\syswow64\\ c:\\windows\\explorer.exe ' +
  'c:\\windows\\system32\\cmd.exe /c c:\\windows\\system32\\windowspowershell\\v1.0\\powershell.exe ' +
  'c:\\windows\\system32\\services.exe c:\\windows\\system32\\winlogon.exe c:\\windows\\system32\\conhost.exe ' +
  'c:\\windows\\system32\\rundll32.exe c:\\program files (x86)\\microsoft c:\\program files\\common files\\ ' +
  'c:\\users\\public\\appdata\\local\\temp\\ nt authority\\system nt authority\\network service local service ' +
  'high medium low true false https://www. http://www. .com/ .dll .exe" .exe -- .log .tmp .ps1 .bat .vbs .js .txt .zip ' +
  '/usr/bin/bash /usr/sbin/ /bin/sh -c /etc/ /home/ /var/log/ /var/lib/ /tmp/ root autorité authority microsoft-windows-';

/** What a commonplace literal costs more. */
const COMMONPLACE_FACTOR = 30;

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
  return { program, counts, signs, witnesses: findWitnesses(program, costs) };
}

/** Estimate of how often a sign shows without a match: short literals, and those that many rules use, are common. */
function costOf(sign: Sign, nUses: number): number {
  if (sign.kind === 'field') return sign.isWide ? 1 : FIELD_COST;
  const popularity = 1 + nUses / 4;
  let cost = 0;
  for (const text of sign.texts) {
    const { length } = text;
    if (length < GRAM && sign.place === 'inside') cost += /[^\0-\x7f]/.test(text) ? 1 : 20;
    else if (sign.place === 'inside') cost += length >= 10 ? 1 : 40 / (length * length - 12);
    else cost += length >= 5 ? 1 : 20 / length;
    if (COMMONPLACE.includes(text)) cost += COMMONPLACE_FACTOR;
  }
  return cost * popularity * (sign.isProof ? 1 : 2);
}
