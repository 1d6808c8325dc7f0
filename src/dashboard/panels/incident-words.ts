import type { WireIncidentSummary } from '../../api/incidents/incidents.ts';
import { shortEntity } from '../words/entities.ts';

/** `WS-17 and 3 more: Encoded PowerShell`: who it is about, then the rule that stands out most. */
export function incidentTitle({ entities, rules }: WireIncidentSummary): string {
  const main = entities[0];
  const strongest = [...rules].sort((a, b) => b.strength - a.strength)[0];
  const what = strongest?.name ?? 'alerts that belong together';
  if (main === undefined) return what;
  const others = entities.length - 1;
  return `${shortEntity(main)}${others > 0 ? ` and ${others} more` : ''}: ${what}`;
}
