import type { VNode } from 'preact';
import type { z } from 'zod';
import type { quarantineSchema } from '../../api/feedback/quarantine.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { type Resource, refresh } from '../state/resource.ts';
import { counted } from '../words/numbers.ts';

export type Quarantine = z.infer<typeof quarantineSchema>;

interface QuarantineProps {
  readonly quarantine: Resource<Quarantine>;
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

/** What the guards hold back from the fit, and why; an operator decides. */
export function QuarantinePanel({ quarantine, mayOperate, onAct }: QuarantineProps): VNode {
  return (
    <Card
      id="quarantine"
      columns={6}
      title="Judgements held back"
      basis="consumed, but left out of the fit until somebody confirms them"
      aside={quarantine.data === undefined ? undefined : counted(quarantine.data.held.length, 'judgement')}
    >
      {mayOperate ? (
        <Loaded of={quarantine} what="quarantine" lines={3}>
          {({ held }) =>
            held.length === 0 ? (
              <Empty title="Nothing is held back.">
                Judgements that flip a rule, come in a flood or contradict what is known would stand here.
              </Empty>
            ) : (
              <Table
                label="Judgements held back, and why"
                head={['Alert', 'Why it is held', '']}
                rows={held.map((row) => [
                  <span key="k" class="mono" title={row.alert_key}>
                    {row.alert_key.slice(0, 8)}
                  </span>,
                  row.reason,
                  <span key="b" class="nowrap">
                    <button
                      type="button"
                      class="link small"
                      onClick={() => onAct(ruling(row.alert_key, 'confirm'))}
                    >
                      confirm
                    </button>{' '}
                    <button
                      type="button"
                      class="link small"
                      onClick={() => onAct(ruling(row.alert_key, 'reject'))}
                    >
                      reject
                    </button>
                  </span>,
                ])}
              />
            )
          }
        </Loaded>
      ) : (
        <Empty title="For operators.">Confirming what the guards hold back needs a key of that role.</Empty>
      )}
    </Card>
  );
}

const ruling = (alertKey: string, action: 'confirm' | 'reject'): Act => ({
  question: action === 'confirm' ? 'Let this judgement teach?' : 'Reject this judgement?',
  consequence:
    action === 'confirm'
      ? 'It enters the fit at the next retrain, as every other.'
      : 'It never enters a fit; its row stays for the record.',
  button: action === 'confirm' ? 'Confirm it' : 'Reject it',
  run: async (record) => {
    await call(`quarantine/${alertKey}`, { method: 'POST', body: { action, ...record } });
    refresh('quarantine', 'health/details');
    return action === 'confirm' ? 'Confirmed.' : 'Rejected.';
  },
});
