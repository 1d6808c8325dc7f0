import type { VNode } from 'preact';
import { Card } from '../parts/card.tsx';

/** What has its place here and no source yet, said plainly. */
const MISSING: readonly { readonly what: string; readonly meanwhile: string }[] = [
  {
    what: 'The runner-up on live traffic (shadow)',
    meanwhile: 'Meanwhile a retrain compares the two on held-out alerts; see the decisions in the history.',
  },
  {
    what: 'Health and latency of the whole fleet over time',
    meanwhile: 'Meanwhile the figures are of the instance that answers, since it started.',
  },
  {
    what: 'A verdict given again from its record (audit replay)',
    meanwhile: 'Meanwhile every change is on record in the performance log.',
  },
];

export function NotThereYet(): VNode {
  return (
    <Card id="not-yet" columns={5} title="Not there yet" basis="has its place here and nothing to show">
      <ul class="plain">
        {MISSING.map(({ what, meanwhile }) => (
          <li key={what} class="state">
            <b>{what}</b> {meanwhile}
          </li>
        ))}
      </ul>
    </Card>
  );
}
