import type { RuleSet } from '../../triage/rules/sigma/rule-set.ts';

const TECHNIQUE = /^attack\.(t[0-9]{4}(?:\.[0-9]{3})?)$/i;

/** A layer of the ATT&CK Navigator, format 4.5. */
export interface NavigatorLayer {
  readonly name: string;
  readonly versions: { readonly attack: string; readonly navigator: string; readonly layer: string };
  readonly domain: 'enterprise-attack';
  readonly description: string;
  readonly techniques: readonly {
    readonly techniqueID: string;
    /** Rules that name it. */
    readonly score: number;
    readonly comment: string;
    readonly enabled: true;
  }[];
  readonly gradient: {
    readonly colors: readonly string[];
    readonly minValue: number;
    readonly maxValue: number;
  };
}

/** Titles that a comment lists; the rest is counted. */
const MAX_TITLES = 20;

/** Techniques that the tags of rules name, with the number of rules as score. A technique does not count for its parent. */
export function coverageLayer(rules: RuleSet, name: string): NavigatorLayer {
  const titles = new Map<string, string[]>();
  const sources = [...rules.rules, ...rules.correlations.map(({ document }) => document)];
  for (const { tags, title, id } of sources) {
    for (const tag of tags) {
      const technique = TECHNIQUE.exec(tag)?.[1]?.toUpperCase();
      if (technique === undefined) continue;
      const list = titles.get(technique) ?? [];
      list.push(title === '' ? id : title);
      titles.set(technique, list);
    }
  }
  const techniques = Array.from(titles, ([techniqueID, list]) => ({
    techniqueID,
    score: list.length,
    comment:
      list.slice(0, MAX_TITLES).join('\n') +
      (list.length > MAX_TITLES ? `\nand ${list.length - MAX_TITLES} more` : ''),
    enabled: true as const,
  })).sort((a, b) => (a.techniqueID < b.techniqueID ? -1 : 1));
  return {
    name,
    versions: { attack: '17', navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `${sources.length} rules name ${techniques.length} techniques`,
    techniques,
    gradient: {
      colors: ['#dceefb', '#0b5394'],
      minValue: 1,
      maxValue: Math.max(1, ...techniques.map(({ score }) => score)),
    },
  };
}
