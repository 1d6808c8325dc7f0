import type { VNode } from 'preact';
import type { WireHeld, WireQuarantine } from '../../api/feedback/quarantine.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip, Time, Verdict } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { type Resource, refresh } from '../state/resource.ts';
import { counted } from '../words/numbers.ts';

type Action = 'confirm' | 'reject';

interface QuarantineProps {
  readonly quarantine: Resource<WireQuarantine>;
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

/** What the guards hold back from the fit, and what it contradicts; an operator decides, one by one or a whole rule. */
export function QuarantinePanel({ quarantine, mayOperate, onAct }: QuarantineProps): VNode {
  return (
    <Card
      id="quarantine"
      columns={12}
      title="Judgements held back"
      basis="consumed, but left out of the fit until somebody confirms them"
      aside={quarantine.data === undefined ? undefined : counted(quarantine.data.total, 'judgement')}
    >
      <Loaded of={quarantine} what="quarantine" lines={3}>
        {({ held }) =>
          held.length === 0 ? (
            <Empty title="Nothing is held back.">
              Judgements that flip a rule, come in a flood or contradict what is known would stand here.
            </Empty>
          ) : (
            <Table
              label="Judgements held back, and why"
              head={[
                'Rule',
                'Judged',
                'By',
                'When',
                'Contradicts',
                'Why it is held',
                ...(mayOperate ? [''] : []),
              ]}
              rows={held.map((row) => [
                <span key="r" title={row.alert_key}>
                  {row.title ?? row.rule ?? <span class="mono">{row.alert_key.slice(0, 8)}</span>}
                </span>,
                row.disposition === null ? '' : <Verdict key="d" of={row.disposition} />,
                [...new Set(row.votes.map(({ analyst }) => analyst))].join(', '),
                row.judged_at === null ? '' : <Time key="t" of={row.judged_at} />,
                `${row.contradicts.incidents} of ${counted(row.contradicts.of, 'incident')}`,
                <span key="w" class="small dim">
                  {row.reason}
                </span>,
                ...(mayOperate ? [<Decide key="a" of={row} onAct={onAct} />] : []),
              ])}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

function Decide({ of, onAct }: { of: WireHeld; onAct: (act: Act) => void }): VNode {
  if (of.ruling !== null) {
    return (
      <span title={of.ruling.why ?? ''}>
        <Chip>{of.ruling.action}ed</Chip>{' '}
        <span class="small faint">by {of.ruling.by}, counts at the next retrain</span>
      </span>
    );
  }
  return (
    <span class="nowrap small">
      {(['confirm', 'reject'] as const).map((action) => (
        <span key={action} class="block">
          <button type="button" class="link small" onClick={() => onAct(ruling(of, action))}>
            {action}
          </button>{' '}
          <button type="button" class="link small" onClick={() => onAct(rulingOnRule(of, action))}>
            {action} all of its rule
          </button>
        </span>
      ))}
    </span>
  );
}

const CONSEQUENCES: Readonly<Record<Action, string>> = {
  confirm: 'It enters the fit at the next retrain, as every other.',
  reject: 'It never enters a fit; its row stays for the record.',
};

const ruling = (of: WireHeld, action: Action): Act => ({
  question: action === 'confirm' ? 'Let this judgement teach?' : 'Reject this judgement?',
  consequence: CONSEQUENCES[action],
  button: action === 'confirm' ? 'Confirm it' : 'Reject it',
  run: async (record) => {
    await call(`quarantine/${of.alert_key}`, { method: 'POST', body: { action, ...record } });
    refresh('quarantine', 'health/details');
    return action === 'confirm' ? 'Confirmed.' : 'Rejected.';
  },
});

const rulingOnRule = (of: WireHeld, action: Action): Act => ({
  question: `${action === 'confirm' ? 'Confirm' : 'Reject'} all held judgements of “${of.rule ?? of.rule_key}”?`,
  consequence: `Every one of this rule. ${CONSEQUENCES[action]}`,
  button: action === 'confirm' ? 'Confirm them all' : 'Reject them all',
  run: async (record) => {
    const body = { action, rule_key: of.rule_key, ...record };
    const { ruled } = await call<{ ruled: number }>('quarantine', { method: 'POST', body });
    refresh('quarantine', 'health/details');
    return `${counted(ruled, 'judgement')} ${action}ed.`;
  },
});
