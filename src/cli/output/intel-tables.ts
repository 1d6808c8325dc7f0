import type { WireIntelChange, WireIntelList, WireIntelLookup } from '../../api/intel/intel.ts';
import { count, type Shown, shortTime, stateTable } from './show.ts';

const indicatorsOf = (indicators: Readonly<Record<string, number>>): number =>
  Object.values(indicators).reduce((sum, n) => sum + n, 0);

export function shownSources({ status, problem, sources }: WireIntelList): Shown {
  const rows = sources.map(({ source, imported_at, indicators }) => [
    source,
    String(indicatorsOf(indicators)),
    Object.entries(indicators)
      .filter(([, n]) => n > 0)
      .map(([kind, n]) => `${kind} ${n}`)
      .join(', '),
    shortTime(imported_at),
  ]);
  return {
    text: stateTable(['source', 'indicators', 'kinds', 'imported'], rows),
    summary: `${count(sources.length, 'source')}, ${status}${problem === undefined ? '' : `: ${problem}`}`,
  };
}

export function shownImport({ source, indicators, before }: WireIntelChange): Shown {
  const had = before === null ? 'it is new' : `it had ${indicatorsOf(before.indicators)}`;
  return { text: '', summary: `${source}: ${count(indicatorsOf(indicators), 'indicator')}; ${had}` };
}

export function shownHits(value: string, { hits }: Pick<WireIntelLookup, 'hits'>): Shown {
  const rows = hits.map(({ state, kind, confidence, source, matched }) => [
    state,
    kind,
    String(confidence),
    source,
    matched,
  ]);
  return {
    text: stateTable(['state', 'kind', 'confidence', 'source', 'matched'], rows),
    summary: hits.length === 0 ? `no hit for ${value}` : count(hits.length, 'hit'),
  };
}
