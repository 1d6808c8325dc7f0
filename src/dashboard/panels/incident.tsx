import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { WireIncident } from '../../api/incidents/incidents.ts';
import { Lanes } from '../charts/lanes.tsx';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip, Key, Time, Verdict } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import type { Judging } from '../state/judging.ts';
import { useResource } from '../state/resource.ts';
import { DISPOSITION_NAMES, DISPOSITIONS } from '../words/dispositions.ts';
import { shortEntity } from '../words/entities.ts';
import { count, counted } from '../words/numbers.ts';
import { tacticName } from '../words/tactics.ts';
import { span } from '../words/times.ts';
import { incidentTitle } from './incident-words.ts';
import { Judged } from './incidents.tsx';

interface IncidentProps {
  readonly id: string | undefined;
  readonly judging: Judging;
  readonly mayJudge: boolean;
  readonly linkTemplate: string | undefined;
}

const MOST_LANES = 6;
const MOST_MEMBERS = 12;

/** The chosen incident: its alerts over time, why it is on top, the four verdicts. */
export function Incident({ id, judging, mayJudge, linkTemplate }: IncidentProps): VNode {
  const incident = useResource<WireIncident>(
    id === undefined ? undefined : `incidents/${encodeURIComponent(id)}`,
    10_000,
  );
  const { data } = incident;
  if (id === undefined) {
    return (
      <Card
        id="incident"
        columns={5}
        title="The chosen incident"
        basis="its alerts, its reasons, your verdict"
      >
        <Empty title="None chosen.">
          Choose one on the left, or press <Key>j</Key>.
        </Empty>
      </Card>
    );
  }
  const link = linkTemplate === undefined || data === undefined ? undefined : alertLink(linkTemplate, data);
  return (
    <Card
      id="incident"
      columns={5}
      title={data === undefined ? 'The chosen incident' : incidentTitle(data)}
      basis={
        data === undefined ? (
          <span class="mono">{id}</span>
        ) : (
          <>
            <span class="mono">{data.id}</span> · {counted(data.alerts, 'alert')},{' '}
            {counted(data.rules.length, 'rule')}, {counted(data.entities.length, 'entity', 'entities')} ·{' '}
            {span(data.first_at, data.last_at)}
          </>
        )
      }
      aside={
        link === undefined ? undefined : (
          <a href={link} target="_blank" rel="noreferrer noopener">
            open in SIEM ↗
          </a>
        )
      }
    >
      <Loaded of={incident} what="this incident" lines={9}>
        {(one) => <Opened of={one} judging={judging} mayJudge={mayJudge} />}
      </Loaded>
    </Card>
  );
}

function Opened({ of, judging, mayJudge }: { of: WireIncident; judging: Judging; mayJudge: boolean }): VNode {
  const [chosen, choose] = useState<string>();
  const { lanes, alerts } = useMemo(() => lanesOf(of), [of]);
  const tactics = of.tactics.map(({ id, reached_at }) => ({
    name: tacticName(id),
    atMs: Date.parse(reached_at),
  }));
  return (
    <>
      {of.merged_into === null ? null : <p class="small dim">Merged into {of.merged_into}, shown here.</p>}
      {alerts.length === 0 ? null : (
        <Lanes
          lanes={lanes}
          alerts={alerts}
          tactics={tactics}
          chosen={chosen}
          onChoose={choose}
          label={`${counted(of.members.length, 'alert')} of this incident on ${counted(lanes.length, 'entity', 'entities')} over time; a table follows`}
        />
      )}
      <h3>Why it is on top</h3>
      <Why of={of} />
      <Verdicts of={of} judging={judging} mayJudge={mayJudge} />
      <details open={chosen !== undefined}>
        <summary>
          {of.members.length === 1
            ? 'Its alert'
            : `Its ${of.members.length}${of.members.length < of.alerts ? ' strongest' : ''} alerts`}
        </summary>
        <Members of={of} chosen={chosen} />
      </details>
    </>
  );
}

/** What speaks for it, each with how far it stands out. */
function Why({ of }: { of: WireIncident }): VNode {
  const strongest = Math.max(1e-9, ...of.rules.map(({ strength }) => strength));
  const joins = new Map<string, number>();
  for (const { joined_by_entities } of of.members) {
    for (const entity of joined_by_entities) joins.set(entity, (joins.get(entity) ?? 0) + 1);
  }
  const [bridge] = [...joins].sort((a, b) => b[1] - a[1]);
  return (
    <table class="why">
      <caption class="vh">Why this incident is on top</caption>
      <thead>
        <tr>
          <th scope="col">Rule</th>
          <th scope="col">Alerts</th>
          <th
            scope="col"
            class="r"
            colSpan={2}
            title="how much rarer the strongest alert is than what its tenant is used to"
          >
            Stands out
          </th>
        </tr>
      </thead>
      <tbody>
        {[...of.rules]
          .sort((a, b) => b.strength - a.strength)
          .slice(0, 5)
          .map(({ name, alerts, strength }) => (
            <tr key={name}>
              <td>{name}</td>
              <td class="small faint nowrap">{count(alerts)}</td>
              <td class="r tp-text">{strength.toFixed(2)}</td>
              <td class="meter">
                <span class="bar" aria-hidden="true">
                  <i class="fill-tp" style={{ width: `${(100 * strength) / strongest}%` }} />
                </span>
              </td>
            </tr>
          ))}
        {of.tactics.length < 2 ? null : (
          <tr>
            <td colSpan={4}>Tactics advance: {of.tactics.map(({ id }) => tacticName(id)).join(', then ')}</td>
          </tr>
        )}
        {bridge === undefined ? null : (
          <tr>
            <td colSpan={4}>
              Joined by <Chip>{shortEntity(bridge[0])}</Chip>{' '}
              <span class="small faint">{counted(bridge[1], 'alert')}</span>
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function Verdicts({
  of,
  judging,
  mayJudge,
}: {
  of: WireIncident;
  judging: Judging;
  mayJudge: boolean;
}): VNode {
  const { said, isProblem, canUndo, judge, undo } = judging;
  return (
    <div class="verdicts">
      {of.judged === null ? null : <Judged of={of.judged} />}
      {mayJudge ? (
        <div class="buttons">
          {DISPOSITION_NAMES.map((name, i) => (
            <button
              key={name}
              type="button"
              class={i === 0 ? 'btn primary' : 'btn'}
              onClick={() => judge(of.id, name)}
            >
              {DISPOSITIONS[name].words.replace(/^./, (first) => first.toUpperCase())}{' '}
              <Key>{DISPOSITIONS[name].key}</Key>
            </button>
          ))}
          <span class="small faint">one vote for {counted(of.alerts, 'alert')}, undo for 30 s</span>
        </div>
      ) : (
        <p class="small faint">Judging needs a key of the analyst role.</p>
      )}
      {said === '' ? null : (
        <p class={isProblem ? 'small problem' : 'small dim'}>
          {said}{' '}
          {canUndo ? (
            <button type="button" class="link" onClick={undo}>
              Undo <Key>u</Key>
            </button>
          ) : null}
        </p>
      )}
    </div>
  );
}

function Members({ of, chosen }: { of: WireIncident; chosen: string | undefined }): VNode {
  const [isWhole, setWhole] = useState(false);
  const inTime = [...of.members].sort((a, b) => a.at.localeCompare(b.at));
  const shown = isWhole || chosen !== undefined ? inTime : inTime.slice(0, MOST_MEMBERS);
  return (
    <>
      <Table
        label="Alerts of this incident in the order of time"
        head={['Time', 'Alert', 'Verdict', { text: 'Score', right: true }, 'Joined by']}
        rows={shown.map((one) => [
          <Time key="at" of={one.at} />,
          <span key="title" class={one.alert_key === chosen ? 'strong' : ''} title={one.alert_key}>
            {one.title}
          </span>,
          one.disposition === null ? <span class="faint">not logged</span> : <Verdict of={one.disposition} />,
          one.final_score?.toFixed(1) ?? '',
          one.joined_by_entities.map(shortEntity).join(', ') || <span class="faint">the first</span>,
        ])}
      />
      {shown.length < inTime.length ? (
        <button type="button" class="link small" onClick={() => setWhole(true)}>
          show {inTime.length - shown.length} more
        </button>
      ) : null}
    </>
  );
}

/** The entities with most alerts get a lane each, in the order in which they appear; the rest shares one. */
function lanesOf(of: WireIncident): { lanes: string[]; alerts: import('../charts/lanes.tsx').LaneAlert[] } {
  const values = of.entities.map(shortEntity);
  const laneOf = (one: WireIncident['members'][number]): string => {
    const joined = one.joined_by_entities.map(shortEntity).filter((name) => values.includes(name));
    return joined[0] ?? values[0] ?? 'all';
  };
  const inTime = [...of.members].sort((a, b) => a.at.localeCompare(b.at));
  const nOf = new Map<string, number>();
  for (const one of inTime) nOf.set(laneOf(one), (nOf.get(laneOf(one)) ?? 0) + 1);
  const busiest = [...nOf].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  const own = new Set(busiest.slice(0, busiest.length > MOST_LANES ? MOST_LANES - 1 : MOST_LANES));
  const lane = (one: WireIncident['members'][number]): string =>
    own.has(laneOf(one)) ? laneOf(one) : 'others';
  const alerts = inTime.map((one) => ({
    key: one.alert_key,
    lane: lane(one),
    atMs: Date.parse(one.at),
    score: one.final_score ?? 20,
    disposition: one.disposition ?? '',
    title: one.title,
  }));
  return { lanes: [...new Set(alerts.map((one) => one.lane))], alerts };
}

/** Fills `{id}`, `{first}` and `{alert_key}`; a link that is none of the web is not given. */
function alertLink(template: string, of: WireIncident): string | undefined {
  const values: Readonly<Record<string, string>> = {
    id: of.id,
    first: of.first_at,
    alert_key: of.members[0]?.alert_key ?? '',
  };
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(values[name] ?? ''),
  );
  return /^https:\/\//.test(filled) ? filled : undefined;
}
