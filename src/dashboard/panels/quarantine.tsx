import type { VNode } from 'preact';
import type { WireHeld, WireQuarantine } from '../../api/feedback/quarantine.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip, Time, Verdict } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { type Resource, refresh } from '../state/resource.ts';
import { count, counted } from '../words/numbers.ts';

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
                { text: 'How many', right: true },
                'By',
                'Last',
                'Contradicts',
                'Why they are held',
                ...(mayOperate ? [''] : []),
              ]}
              rows={groupsOf(held).map((rows) => {
                const [first] = rows as [WireHeld];
                return [
                  <span key="r" title={rows.map(({ alert_key }) => alert_key).join(' ')}>
                    {first.title ?? first.rule ?? <span class="mono">rule {first.rule_key.slice(0, 8)}</span>}
                  </span>,
                  first.disposition === null ? '' : <Verdict key="d" of={first.disposition} />,
                  count(rows.length),
                  [...new Set(rows.flatMap(({ votes }) => votes.map(({ analyst }) => analyst)))].join(', '),
                  first.judged_at === null ? '' : <Time key="t" of={first.judged_at} />,
                  `${first.contradicts.incidents} of ${counted(first.contradicts.of, 'incident')}`,
                  <span key="w" class="small dim">
                    {first.reason.replace(/^(\w+):/, (_, guard: string) => `${guard.replaceAll('_', ' ')}:`)}
                  </span>,
                  ...(mayOperate ? [<Decide key="a" of={rows} onAct={onAct} />] : []),
                ];
              })}
            />
          )
        }
      </Loaded>
    </Card>
  );
}

/** What is held for one reason, of one rule, judged alike and ruled on alike, is one line; the newest first. */
function groupsOf(held: readonly WireHeld[]): WireHeld[][] {
  const groups = new Map<string, WireHeld[]>();
  for (const row of held) {
    const key = JSON.stringify([row.rule_key, row.reason, row.disposition, row.ruling?.action ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((rows) =>
    rows.sort((a, b) => (b.judged_at ?? '').localeCompare(a.judged_at ?? '')),
  );
}

function Decide({ of, onAct }: { of: readonly WireHeld[]; onAct: (act: Act) => void }): VNode {
  const [first] = of as [WireHeld];
  if (first.ruling !== null) {
    return (
      <span title={first.ruling.why ?? ''}>
        <Chip>{first.ruling.action}ed</Chip>{' '}
        <span class="small faint">by {first.ruling.by}, counts at the next retrain</span>
      </span>
    );
  }
  return (
    <span class="nowrap small decide">
      {(['confirm', 'reject'] as const).map((action) => (
        <button
          key={action}
          type="button"
          class="link small"
          onClick={() => onAct(of.length === 1 ? ruling(first, action) : rulingOnRule(first, action))}
        >
          {of.length === 1 ? action : `${action} all`}
        </button>
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
