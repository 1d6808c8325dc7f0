import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { WireIncidentList, WireIncidentSummary } from '../../api/incidents/incidents.ts';
import { Card, Empty, Loaded } from '../parts/card.tsx';
import { Chip, Key, Time, Verdict } from '../parts/marks.tsx';
import { Table } from '../parts/table.tsx';
import { announce } from '../state/announce.ts';
import { goTo, slipTo } from '../state/place.ts';
import { type Resource, useResource } from '../state/resource.ts';
import { shortEntity } from '../words/entities.ts';
import { count, counted } from '../words/numbers.ts';
import { TACTIC_NAMES } from '../words/tactics.ts';
import { span, utc } from '../words/times.ts';
import { incidentTitle } from './incident-words.ts';

const PAGE = 60;
/** Below it an incident is folded away until asked for; and so is what comes after the first few. */
const QUIET_BELOW = 10;
const SHOWN_FIRST = 7;

export interface IncidentListState {
  readonly list: Resource<WireIncidentList>;
  /** In the order the reader saw them first; newer ones wait above. */
  readonly shown: readonly WireIncidentSummary[];
  readonly nFolded: number;
  /** Highest score among the folded; undefined without any. */
  readonly foldedFrom: number | undefined;
  readonly nNew: number;
  readonly takeNew: () => void;
  readonly unfold: () => void;
}

/** The list keeps its place: rows change where they are, new ones wait until they are asked in. */
export function useIncidents(search: string, chosen: string | undefined): IncidentListState {
  const list = useResource<WireIncidentList>(`incidents?limit=${PAGE}&state=open`, 5_000);
  const [seen, setSeen] = useState<readonly string[]>();
  const [isUnfolded, setUnfolded] = useState(false);
  const incidents = list.data?.incidents;
  useEffect(() => {
    if (seen === undefined && incidents !== undefined) setSeen(incidents.map(({ id }) => id));
  }, [incidents, seen]);
  const nNew = incidents?.filter(({ id }) => seen !== undefined && !seen.includes(id)).length ?? 0;
  const announced = useRef(0);
  useEffect(() => {
    if (nNew > announced.current) announce(`${counted(nNew, 'new incident')} above. Press n to show.`);
    announced.current = nNew;
  }, [nNew]);
  const takeNew = (): void => setSeen(incidents?.map(({ id }) => id) ?? []);
  const known = useMemo(() => {
    const byId = new Map(incidents?.map((one) => [one.id, one]));
    const words = search.trim().toLowerCase();
    return (seen ?? [])
      .flatMap((id) => byId.get(id) ?? [])
      .filter((one) => words === '' || searchable(one).includes(words));
  }, [incidents, seen, search]);
  const shown =
    isUnfolded || search !== ''
      ? known
      : known.filter(
          ({ id, score }, i) => id === chosen || i === 0 || (score >= QUIET_BELOW && i < SHOWN_FIRST),
        );
  return {
    list,
    shown,
    nFolded: known.length - shown.length,
    foldedFrom: known.find((one) => !shown.includes(one))?.score,
    nNew,
    takeNew,
    unfold: () => setUnfolded(true),
  };
}

const searchable = ({ id, entities, rules }: WireIncidentSummary): string =>
  [id, ...entities, ...rules.map(({ name }) => name)].join(' ').toLowerCase();

interface IncidentsProps {
  readonly state: IncidentListState;
  readonly chosen: string | undefined;
  readonly search: string;
}

export function Incidents({ state, chosen, search }: IncidentsProps): VNode {
  const { list, shown, nFolded, foldedFrom, nNew, takeNew, unfold } = state;
  const total = list.data?.total;
  const nAlerts = list.data?.incidents.reduce((sum, { alerts }) => sum + alerts, 0) ?? 0;
  return (
    <Card
      id="incidents"
      columns={7}
      title="Look at these first"
      basis={
        total === undefined
          ? 'open incidents'
          : `${counted(total, 'open incident')}, ${counted(nAlerts, 'alert')}`
      }
      aside={
        <span class="hint">
          by score <Key>j</Key> <Key>k</Key> move · <Key>Enter</Key> open
        </span>
      }
    >
      <Loaded of={list} what="incidents" lines={8}>
        {(data) => (
          <>
            {data.state === 'alone' ? (
              <p class="small sus-text pad">
                Storage was away at the start: this is what one instance has seen.
              </p>
            ) : null}
            {data.state === 'loading' ? (
              <p class="small sus-text pad">Still loading what was seen before.</p>
            ) : null}
            {nNew > 0 ? (
              <button type="button" class="row new" onClick={takeNew}>
                {count(nNew)} new above <Key>n</Key>
              </button>
            ) : null}
            {shown.length === 0 ? (
              <Empty title={search === '' ? 'No open incident.' : `Nothing matches “${search}”.`}>
                {search === '' ? (
                  <>
                    Alerts that stand out appear here as your SIEM posts them to{' '}
                    <span class="mono">/predict</span>. <a href="#try">Try one</a> first.
                  </>
                ) : (
                  'Esc clears the search.'
                )}
              </Empty>
            ) : (
              <ul class="rows" aria-label="Open incidents, highest score first">
                {shown.map((one) => (
                  <Row key={one.id} of={one} isChosen={one.id === chosen} />
                ))}
              </ul>
            )}
            {nFolded > 0 ? (
              <p class="folded">
                <span class="dim">
                  {counted(nFolded, 'more incident')}, the highest at {foldedFrom?.toFixed(0)}
                </span>
                <button type="button" class="link small" onClick={unfold}>
                  show
                </button>
              </p>
            ) : null}
            <RollUps />
          </>
        )}
      </Loaded>
    </Card>
  );
}

const SHOWN_ROLL_UPS = 12;

/** What does not stand out, by rule and day: said in one line, listed on demand. */
function RollUps(): VNode | null {
  const rollUps = useResource<WireIncidentList>('incidents?kind=roll_up&limit=100', 60_000);
  const [isOpen, setOpen] = useState(false);
  const all = [...(rollUps.data?.roll_ups ?? [])].sort((a, b) => b.alerts - a.alerts);
  const [largest] = all;
  if (rollUps.data === undefined || largest === undefined) return null;
  const nAlerts = all.reduce((sum, { alerts }) => sum + alerts, 0);
  return (
    <>
      <p class="folded">
        <span>
          <span class="dim">
            {counted(nAlerts, 'routine alert')} in {counted(rollUps.data.total, 'roll-up')}
          </span>
          <span class="block small faint">
            the largest: “{largest.rule}”, {counted(largest.alerts, 'alert')} on{' '}
            {counted(largest.entities.length, 'entity', 'entities')}
          </span>
        </span>
        <button type="button" class="link small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'hide' : 'show'}
        </button>
      </p>
      {isOpen ? (
        <div class="pad">
          <Table
            label="Routine alerts by rule and day, the most first"
            head={['Rule', 'Most on', { text: 'Alerts', right: true }, { text: 'When', right: true }]}
            rows={all.slice(0, SHOWN_ROLL_UPS).map((one) => [
              one.rule,
              one.entities
                .slice(0, SHOWN_ENTITIES)
                .map(({ entity }) => shortEntity(entity))
                .join(', '),
              count(one.alerts),
              span(one.first_at, one.last_at),
            ])}
          />
        </div>
      ) : null}
    </>
  );
}

const SHOWN_ENTITIES = 3;

function Row({ of, isChosen }: { of: WireIncidentSummary; isChosen: boolean }): VNode {
  const ref = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (isChosen) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [isChosen]);
  const reached = new Set(of.tactics.map(({ id }) => id));
  const names = of.tactics.map(({ id }) => TACTIC_NAMES.get(id) ?? id).join(', ') || 'none';
  return (
    <li>
      <a
        ref={ref}
        class={isChosen ? 'row on' : 'row'}
        href={`#incident=${of.id}`}
        aria-current={isChosen ? 'true' : undefined}
      >
        <span class="score" title="how much speaks for an attack, 0 to 100">
          {of.score.toFixed(0)}
        </span>
        <span class="what">
          <span class="title">{incidentTitle(of)}</span>
          <span class="entities">
            {of.entities.slice(0, SHOWN_ENTITIES).map((entity) => (
              <Chip key={entity} title={entity}>
                {shortEntity(entity)}
              </Chip>
            ))}
            <span class="small faint nowrap">
              {counted(of.alerts, 'alert')}, {counted(of.rules.length, 'rule')}
            </span>
          </span>
        </span>
        <span class="tactic-cell">
          {of.judged === null ? (
            <span class="small faint">
              {of.tactics.length === 0 ? 'no tactic named' : counted(of.tactics.length, 'tactic')}
            </span>
          ) : (
            <Verdict of={of.judged.disposition} />
          )}
          <span class="tactics" role="img" aria-label={`Tactics reached: ${names}`} title={names}>
            {[...TACTIC_NAMES.keys()].map((id) => (
              <i key={id} class={reached.has(id) ? 'on' : ''} />
            ))}
          </span>
        </span>
        <span class="small dim when" title={utc(of.last_at)}>
          {span(of.first_at, of.last_at)}
        </span>
      </a>
    </li>
  );
}

/** Moves the choice by one row; the first key chooses the first row. */
export function moveChoice(state: IncidentListState, chosen: string | undefined, by: 1 | -1): void {
  const { shown } = state;
  if (shown.length === 0) return;
  const at = shown.findIndex(({ id }) => id === chosen);
  const next = shown[Math.max(0, Math.min(shown.length - 1, at < 0 ? 0 : at + by))];
  if (next === undefined) return;
  if (chosen === undefined) goTo('incident', next.id);
  else slipTo('incident', next.id);
  announce(`${next.score.toFixed(0)}, ${incidentTitle(next)}`);
}

/** The last judgement of an incident, for its card. */
export function Judged({ of }: { of: NonNullable<WireIncidentSummary['judged']> }): VNode {
  return (
    <p class="small dim">
      Judged <Verdict of={of.disposition} /> by {of.analyst}, <Time of={of.at} form="ago" />
    </p>
  );
}
