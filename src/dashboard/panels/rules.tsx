import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WireRule, WireRules } from '../../api/rules/rules.ts';
import { IntervalBar } from '../charts/bars.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import type { Act } from '../parts/dialog.tsx';
import { Chip } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { call } from '../state/api.ts';
import { refresh, useResource } from '../state/resource.ts';
import { count, counted, percent, signed } from '../words/numbers.ts';
import { utc } from '../words/times.ts';

const SHOWN = 10;
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
      columns={8}
      title="Rules worth your time"
      basis={`precision over judged incidents with 95 % interval, hidden below ${FEWEST_JUDGED}; adds: what an alert would cost more without it`}
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
          const busy = sorted(all).filter(
            ({ hits, judged, setting }) => hits > 0 || judged > 0 || setting !== undefined,
          );
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
                <RuleTable
                  rules={isWhole || words !== '' ? sorted(shown) : shown}
                  mayOperate={mayOperate}
                  onAct={onAct}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** What asks for a decision first: rules to retire or tune, then those with most judged behind them. */
const sorted = (rules: readonly WireRule[]): WireRule[] =>
  [...rules].sort(
    (a, b) =>
      urgency(b) - urgency(a) || b.judged - a.judged || b.hits - a.hits || a.title.localeCompare(b.title),
  );

const urgency = ({ advice, enabled }: WireRule): number =>
  !enabled ? 0 : advice === 'retire' ? 2 : advice === 'tune' ? 1 : 0;

function RuleTable(props: {
  rules: readonly WireRule[];
  mayOperate: boolean;
  onAct: (act: Act) => void;
}): VNode {
  const { rules, mayOperate, onAct } = props;
  return (
    <Table
      label="Rules, those that ask for a decision first"
      head={[
        'Rule',
        { text: 'Hits', right: true },
        { text: 'Judged', right: true },
        'Precision',
        { text: 'Adds', right: true },
        'Advice',
        ...(mayOperate ? [''] : []),
      ]}
      rows={rules.map((rule) => [
        <span
          key="t"
          title={`${rule.id}, ${rule.against === undefined ? rule.level : `against, ${rule.against}`}, brings ${signed(rule.evidence, 2)}: ${rule.reason}`}
        >
          {rule.title}
          {rule.enabled ? null : (
            <>
              {' '}
              <Chip>off</Chip>
            </>
          )}
        </span>,
        <span
          key="h"
          title={
            rule.last_hit_at === null ? 'not since this instance started' : `last ${utc(rule.last_hit_at)}`
          }
        >
          {count(rule.hits)}
        </span>,
        count(rule.judged),
        <Precision key="p" of={rule} />,
        <Adds key="w" of={rule} />,
        <Advice key="a" of={rule} />,
        ...(mayOperate
          ? [
              <button key="b" type="button" class="link small nowrap" onClick={() => onAct(switching(rule))}>
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
      <IntervalBar value={precision} low={low} high={high} label={words} />{' '}
      <span class="nowrap">{percent(precision)}</span>
    </span>
  );
}

/** In the units of the cost matrix; 0 within the interval is said to be nothing that can be told. */
function Adds({ of: { adds } }: { of: WireRule }): VNode {
  if (adds === null) return <span class="faint small">not measured</span>;
  const { value, low, high } = adds;
  const words = `${signed(value, 2)} a judged alert, ${signed(low, 2)} to ${signed(high, 2)}`;
  const isSure = low > 0 || high < 0;
  return (
    <span class={isSure ? '' : 'faint'} title={words}>
      {value === 0 && low === 0 && high === 0 ? '0' : signed(value, 1)}
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
      body: { enabled: !rule.enabled, weight: rule.weight, ...record },
    });
    refresh('rules');
    return rule.enabled ? 'Switched off.' : 'Switched on.';
  },
});
