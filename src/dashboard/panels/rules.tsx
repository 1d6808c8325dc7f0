import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WireRule, WireRules } from '../../api/rules/rules.ts';
import { IntervalBar } from '../charts/bars.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip, Time } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { refresh, useResource } from '../state/resource.ts';
import { count, counted, percent, signed } from '../words/numbers.ts';

const SHOWN = 8;
/** Judged hits below which a precision would say nothing. */
const FEWEST_JUDGED = 5;

interface RulesProps {
  readonly search: string;
  readonly mayOperate: boolean;
  readonly onAct: (act: Act) => void;
}

export function Rules({ search, mayOperate, onAct }: RulesProps): VNode {
  const rules = useResource<WireRules>('rules', 30_000);
  const [isWhole, setWhole] = useState(false);
  const words = search.trim().toLowerCase();
  return (
    <Card
      id="rules"
      columns={12}
      title="Rules worth your time"
      basis={`hits on this instance since it started; precision over judged incidents with its 95 % interval, hidden below ${FEWEST_JUDGED}`}
      aside={
        rules.data === undefined ? undefined : (
          <button type="button" class="link" onClick={() => setWhole(!isWhole)}>
            {isWhole ? 'only those that hit' : `all ${count(rules.data.total)} rules`}
          </button>
        )
      }
    >
      <Loaded of={rules} what="rules" lines={6}>
        {(data) => {
          const all = data.rules.filter(
            ({ id, title, module }) =>
              words === '' || `${id} ${title} ${module}`.toLowerCase().includes(words),
          );
          const busy = all.filter(({ hits, setting }) => hits > 0 || setting !== undefined);
          const shown = isWhole || words !== '' ? all : busy.slice(0, SHOWN);
          return (
            <>
              {data.refused.map(({ file, line, column, title, reason }) => (
                <p key={file + line} class="small problem">
                  {file}, line {line}, column {column}: {title} is not used. {reason}
                </p>
              ))}
              {shown.length === 0 ? (
                <Empty title={words === '' ? 'No rule has hit yet.' : 'No rule matches.'}>
                  {words === ''
                    ? `${counted(data.total, 'rule')} watch every alert.`
                    : 'Esc clears the search.'}
                </Empty>
              ) : (
                <RuleTable rules={sorted(shown)} mayOperate={mayOperate} onAct={onAct} />
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

const sorted = (rules: readonly WireRule[]): WireRule[] =>
  [...rules].sort((a, b) => b.hits - a.hits || a.title.localeCompare(b.title));

function RuleTable(props: {
  rules: readonly WireRule[];
  mayOperate: boolean;
  onAct: (act: Act) => void;
}): VNode {
  const { rules, mayOperate, onAct } = props;
  return (
    <Table
      label="Rules, those with most hits first"
      head={[
        'Rule',
        'Level',
        { text: 'Hits', right: true },
        { text: 'Judged', right: true },
        'Precision',
        { text: 'Weight', right: true },
        'Advice',
        ...(mayOperate ? [''] : []),
      ]}
      rows={rules.map((rule) => [
        <span key="t" title={`${rule.id}: ${rule.reason}`}>
          {rule.title}
          {rule.enabled ? null : (
            <>
              {' '}
              <Chip>off</Chip>
            </>
          )}
        </span>,
        rule.against === undefined ? rule.level : `against, ${rule.against}`,
        <span key="h" title={rule.last_hit_at ?? ''}>
          {count(rule.hits)}
          {rule.last_hit_at === null ? null : (
            <span class="small faint">
              {' '}
              <Time of={rule.last_hit_at} form="ago" />
            </span>
          )}
        </span>,
        count(rule.judged),
        <Precision key="p" of={rule} />,
        signed(rule.weight, 2),
        <Advice key="a" of={rule} />,
        ...(mayOperate
          ? [
              <button key="b" type="button" class="link small" onClick={() => onAct(switching(rule))}>
                {rule.enabled ? 'switch off' : 'switch on'}
              </button>,
            ]
          : []),
      ])}
    />
  );
}

function Precision({ of }: { of: WireRule }): VNode {
  const { precision, precision_low: low, precision_high: high, judged } = of;
  if (precision === null || low === null || high === null || judged < FEWEST_JUDGED) {
    return (
      <span class="faint small">
        {judged === 0 ? 'not judged yet' : `not enough judged, ${judged} of ${FEWEST_JUDGED}`}
      </span>
    );
  }
  const words = `${percent(precision)}, ${percent(low)} to ${percent(high)}`;
  return (
    <span class="precision" title={words}>
      <IntervalBar value={precision} low={low} high={high} label={words} /> {percent(precision)}
    </span>
  );
}

const ADVICE_TONES = { keep: 'ben', tune: 'sus', retire: 'fp' } as const;

function Advice({ of }: { of: WireRule }): VNode {
  const { advice } = of;
  if (advice === null) return <span class="small faint">none yet</span>;
  const tone = ADVICE_TONES[advice];
  return <Chip tone={tone}>{advice}</Chip>;
}

const switching = (rule: WireRule): Act => ({
  question: rule.enabled ? `Switch “${rule.title}” off?` : `Switch “${rule.title}” on?`,
  consequence: rule.enabled
    ? 'It is not asked any more, on every instance, and moves no score.'
    : 'Every alert is asked again, on every instance.',
  button: rule.enabled ? 'Switch it off' : 'Switch it on',
  run: async (record) => {
    await call(`rules/${encodeURIComponent(rule.id)}`, {
      method: 'PUT',
      body: { enabled: !rule.enabled, weight: rule.setting?.weight ?? 1, ...record },
    });
    refresh('rules');
    return rule.enabled ? 'Switched off.' : 'Switched on.';
  },
});
