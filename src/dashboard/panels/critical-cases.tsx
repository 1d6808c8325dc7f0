import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { WireCriticalCases } from '../../api/critical-cases/critical-cases-routes.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { useResource } from '../state/resource.ts';
import { counted, percent } from '../words/numbers.ts';

type Word = WireCriticalCases['cases'][number]['serving'];

type Case = WireCriticalCases['cases'][number];

const SHOWN = 6;

/** Those that would be closed first, then those least surely kept open. */
const inOrder = (cases: readonly Case[]): Case[] =>
  [...cases].sort(
    (a, b) =>
      Number(b.serving?.decision === 'close') - Number(a.serving?.decision === 'close') ||
      (a.serving?.attack ?? 1) - (b.serving?.attack ?? 1),
  );

/** The alerts that no release may close, and what the two versions in question say about each. */
export function CriticalCases(): VNode {
  const cases = useResource<WireCriticalCases>('critical-cases', 60_000);
  const [isWhole, setWhole] = useState(false);
  const inForce = cases.data?.cases.filter(({ retired }) => retired === null);
  return (
    <Card
      id="critical-cases"
      columns={7}
      title="What must never be closed?"
      basis="a version that would close one of them is refused"
      aside={
        cases.data === undefined || inForce === undefined
          ? undefined
          : `${counted(inForce.length, 'case')}, ${cases.data.missed.serving} missed by what serves`
      }
    >
      <Loaded of={cases} what="critical cases" lines={4}>
        {({ cases: all }) =>
          all.length === 0 ? (
            <Empty title="No critical case.">An operator adds alerts with the policy.</Empty>
          ) : (
            <>
              <Table
                label="Critical cases, with what the serving and the refused version say"
                head={[
                  'Case',
                  'Origin',
                  'What serves says',
                  ...(all.some(({ refused }) => refused !== null) ? ['What was refused says'] : []),
                ]}
                rows={(isWhole ? all : inOrder(all).slice(0, SHOWN)).map(
                  ({ id, origin, alert, retired, serving, refused }) => [
                    <span key="c" title={id}>
                      {alert.title}
                    </span>,
                    retired === null ? (
                      origin
                    ) : (
                      <span key="r" title={retired.why}>
                        <Chip>retired</Chip> <span class="small faint">by {retired.by}</span>
                      </span>
                    ),
                    <Says key="s" of={serving} />,
                    ...(all.some((one) => one.refused !== null) ? [<Says key="f" of={refused} />] : []),
                  ],
                )}
              />
              {isWhole || all.length <= SHOWN ? null : (
                <button type="button" class="link small" onClick={() => setWhole(true)}>
                  show {all.length - SHOWN} more
                </button>
              )}
            </>
          )
        }
      </Loaded>
    </Card>
  );
}

function Says({ of }: { of: Word }): VNode {
  if (of === null) return <span class="faint">nothing</span>;
  return (
    <span class={of.decision === 'close' ? 'tp-text' : ''}>
      {of.decision === 'close' ? '▲ would close it' : of.decision}{' '}
      <span class="small faint">{percent(of.attack)} attack</span>
    </span>
  );
}
