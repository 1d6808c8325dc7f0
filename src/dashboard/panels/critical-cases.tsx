import type { VNode } from 'preact';
import type { WireCriticalCases } from '../../api/critical-cases/critical-cases-routes.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { useResource } from '../state/resource.ts';
import { counted, percent } from '../words/numbers.ts';

type Word = WireCriticalCases['cases'][number]['serving'];

/** The alerts that no release may close, and what the two versions in question say about each. */
export function CriticalCases(): VNode {
  const cases = useResource<WireCriticalCases>('critical-cases', 60_000);
  const inForce = cases.data?.cases.filter(({ retired }) => retired === null);
  return (
    <Card
      id="critical-cases"
      columns={6}
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
            <Table
              label="Critical cases, with what the serving and the refused version say"
              head={['Case', 'Origin', 'What serves says', 'What was refused says']}
              rows={all.map(({ id, origin, alert, retired, serving, refused }) => [
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
                <Says key="f" of={refused} />,
              ])}
            />
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
