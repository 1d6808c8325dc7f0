import type { VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { WireQuarantine } from '../api/feedback/quarantine.ts';
import type { WireHealthDetails } from '../api/health/health.ts';
import sampleAlert from '../api/sample-alert.json' with { type: 'json' };
import { Help } from './help.tsx';
import { AddedUp } from './panels/added-up.tsx';
import { Calibration } from './panels/calibration.tsx';
import { Cost } from './panels/cost.tsx';
import { CriticalCases } from './panels/critical-cases.tsx';
import { DriftPanel } from './panels/drift.tsx';
import { Feedback } from './panels/feedback.tsx';
import { HealthPanel } from './panels/health.tsx';
import { HealthLine } from './panels/health-line.tsx';
import { History, PerformanceLog } from './panels/history.tsx';
import { Incident } from './panels/incident.tsx';
import { Incidents, moveChoice, useIncidents } from './panels/incidents.tsx';
import { Model } from './panels/models.tsx';
import { NotThereYet } from './panels/not-there-yet.tsx';
import { Quality } from './panels/quality.tsx';
import { QuarantinePanel } from './panels/quarantine.tsx';
import { Rules } from './panels/rules.tsx';
import { Training } from './panels/training.tsx';
import { TryAlert } from './panels/try-alert.tsx';
import type { Versions } from './panels/version-words.ts';
import { WorkloadPanel } from './panels/workload.tsx';
import { type Act, Confirm } from './parts/dialog.tsx';
import { Rail } from './rail.tsx';
import { SignIn } from './sign-in.tsx';
import { announce } from './state/announce.ts';
import { useJudging } from './state/judging.ts';
import { useKeys } from './state/keys.ts';
import { goTo, isNowhere, slipTo, usePlace } from './state/place.ts';
import { useResource } from './state/resource.ts';
import { useAccess } from './state/roles.ts';
import { keepKey } from './state/session.ts';
import { NO_TRIAL, type Trial, tryAlert } from './state/trial.ts';

/** The address of an alert in the customer's SIEM, with `{id}`; set by the service. */
const linkTemplate = document.querySelector('meta[name="alert-link"]')?.getAttribute('content') || undefined;

export function App(): VNode {
  const access = useAccess();
  if (access.roles === undefined && access.lacks === undefined) {
    return (
      <main class="alone">
        <p class="dim">Asking what you may see …</p>
      </main>
    );
  }
  if (access.lacks !== undefined) return <SignIn lacks={access.lacks} onKey={access.ask} />;
  return <Operations roles={access.roles ?? new Set()} onLeave={() => leave(access.ask)} />;
}

function leave(ask: () => void): void {
  keepKey('');
  ask();
}

function Operations({ roles, onLeave }: { roles: ReadonlySet<string>; onLeave: () => void }): VNode {
  const mayOperate = roles.has('operator');
  const mayJudge = roles.has('analyst') || mayOperate;
  const place = usePlace();
  const chosen = place.section === 'incident' && place.id !== '' ? place.id : undefined;
  const [search, setSearch] = useState('');
  const [trial, setTrial] = useState<Trial>(NO_TRIAL);
  const [act, setAct] = useState<Act>();
  const [said, setSaid] = useState('');
  const [isHelpOpen, openHelp] = useState(false);
  const health = useResource<WireHealthDetails>('health/details', 5_000);
  const versions = useResource<Versions>('versions', 15_000);
  const quarantine = useResource<WireQuarantine>('quarantine', 30_000);
  const incidents = useIncidents(search, chosen);
  const judging = useJudging();

  const open = useMemo(() => incidents.shown.find(({ id }) => id === chosen), [incidents.shown, chosen]);
  useKeys({
    move: (by) => moveChoice(incidents, chosen, by),
    open: () => document.getElementById('incident')?.focus(),
    takeNew: incidents.takeNew,
    judge: (disposition) => {
      if (chosen !== undefined && mayJudge && act === undefined) judging.judge(chosen, disposition);
    },
    undo: judging.undo,
    help: () => openHelp(true),
    search: () => document.getElementById('search')?.focus(),
    escape: () => {
      setSearch('');
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
    section: (name) => goTo(name),
  });
  // the place in the address is scrolled to; an incident keeps the list where it is
  useEffect(() => {
    if (place.section === '' || place.section === 'incident') return;
    const card = document.getElementById(place.section);
    // the browser goes there before this runs: who is inside already, and perhaps a key further, stays where they are
    if (card === null || card.contains(document.activeElement)) return;
    card.scrollIntoView({ block: 'start' });
    card.focus({ preventScroll: true });
  }, [place.section]);
  // who opens the page sees at once why the first is the first; a place in the address is kept
  const first = incidents.shown[0]?.id;
  useEffect(() => {
    // asked of the address itself: a key may have led elsewhere since this was drawn
    if (place.section === '' && first !== undefined && isNowhere()) slipTo('incident', first);
  }, [place.section, first]);
  useEffect(() => {
    if (said === '') return undefined;
    announce(said);
    const timer = setTimeout(() => setSaid(''), 8_000);
    return () => clearTimeout(timer);
  }, [said]);

  return (
    <div class="app">
      <Rail
        place={place.section === 'incident' ? 'incidents' : place.section || 'incidents'}
        nIncidents={incidents.list.data?.total}
        nHeld={quarantine.data?.total}
        roles={roles}
        onHelp={() => openHelp(true)}
        onLeave={onLeave}
      />
      <main>
        <h1 class="vh">Alertforest: operations</h1>
        <HealthLine health={health} />
        <div class="tools">
          <label class="search">
            <span class="vh">Search incidents and rules</span>
            <input
              id="search"
              type="search"
              placeholder="Search incidents and rules"
              value={search}
              onInput={(event) => setSearch(event.currentTarget.value)}
            />
          </label>
          <p class="small said">{said}</p>
        </div>
        <div class="grid">
          <Incidents state={incidents} chosen={chosen} search={search} />
          <Incident
            id={open === undefined ? chosen : open.id}
            judging={judging}
            mayJudge={mayJudge}
            linkTemplate={linkTemplate}
          />
          <WorkloadPanel />
          <AddedUp
            verdict={trial.verdict}
            onSample={() => void tryAlert(JSON.stringify(sampleAlert)).then(setTrial)}
          />
          <Training health={health.data} mayOperate={mayOperate} onAct={setAct} />
          <TryAlert trial={trial} onTrial={setTrial} />
          <Feedback trial={trial} mayJudge={mayJudge} />
          <Rules search={search} mayOperate={mayOperate} onAct={setAct} />
          <Model model="classifier" versions={versions} />
          <Model model="anomaly" versions={versions} />
          <Model model="scorer" versions={versions} />
          <Calibration />
          <DriftPanel />
          <Cost mayOperate={mayOperate} onAct={setAct} />
          <QuarantinePanel quarantine={quarantine} mayOperate={mayOperate} onAct={setAct} />
          <CriticalCases />
          <Quality />
          <History versions={versions} mayOperate={mayOperate} onAct={setAct} />
          <PerformanceLog />
          <HealthPanel health={health} />
          <NotThereYet />
        </div>
      </main>
      {act === undefined ? null : (
        <Confirm
          act={act}
          onDone={(words) => {
            setAct(undefined);
            setSaid(words);
          }}
        />
      )}
      {isHelpOpen ? <Help onClose={() => openHelp(false)} /> : null}
    </div>
  );
}
