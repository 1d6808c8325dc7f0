import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { type ReleaseRecord, type ServedModel, servedModelOf } from '../../store/release.ts';
import { folderOf, unmark } from './garbage-marks.ts';
import { type HeadState, Lineage, type LineageStep } from './lineage.ts';

/** Tries against retrains and other operators that move the head at the same moment. */
const MAX_TRIES = 8;

export interface ActivateDeps {
  readonly models: ModelStore;
  readonly now: () => number;
  /** A fresh id, unique among runs. */
  readonly newRunId: () => string;
  readonly lineage?: Lineage;
}

export interface ActivateRequest {
  readonly model: string;
  readonly version: string;
  readonly by: string;
  readonly why: string;
}

export interface Activation {
  readonly model: string;
  /** Version that served before and after. */
  readonly before: string;
  readonly after: string;
  readonly pinned: boolean;
  readonly wasPinned: boolean;
  /** Release that records it; the head's own where nothing changed. */
  readonly release: string;
  readonly changed: boolean;
}

/**
 * Lets an earlier (or a refused) version serve and pins it there until it is unpinned: retrains go on recording
 * their challengers but do not replace it. Consumed feedback stays consumed.
 *
 * @throws AlertforestError MODEL_NOT_FOUND where the lineage has no such version or its artefact was collected,
 * MODEL_CORRUPT where other bytes stand in its place, STORE_CONFLICT when the head kept moving, STORE_UNAVAILABLE
 */
export function activate(deps: ActivateDeps, request: ActivateRequest): Promise<Activation> {
  const lineage = deps.lineage ?? new Lineage(deps.models);
  return move(deps, lineage, request, 'activate', async (state) => {
    const served = servedOf(state, request.model);
    const maker = await lineage.makerOf(state.head.release, request.model, request.version);
    const made = maker.record.models[request.model]!;
    // out of the marks of the garbage collection first: from then on it stays, or it is going already
    const going = await unmark(deps.models, [folderOf(made.path), maker.record.dataset.path]);
    const stored = going.length > 0 ? undefined : await deps.models.read(made.path);
    if (stored === undefined) {
      throw new AlertforestError(
        'MODEL_NOT_FOUND',
        `${request.model} ${request.version} is known but its artefact is no longer stored.`,
      );
    }
    // no instance would serve it, and none could say so to whoever asked
    if ((await sha256InSlices(stored.bytes)) !== made.sha256)
      throw new AlertforestError(
        'MODEL_CORRUPT',
        `The bytes of ${request.model} ${request.version} are not those published: ${made.path}.`,
      );
    const isThere =
      served.version === request.version && state.head.pinned[request.model] === request.version;
    return {
      isThere,
      serving: servedModelOf(made),
      pinned: { ...state.head.pinned, [request.model]: request.version },
    };
  });
}

/**
 * Releases the pin: the version goes on serving until a retrain brings a better one.
 *
 * @throws AlertforestError MODEL_NOT_FOUND for a model that is not served, STORE_CONFLICT, STORE_UNAVAILABLE
 */
export function unpin(deps: ActivateDeps, request: Omit<ActivateRequest, 'version'>): Promise<Activation> {
  const lineage = deps.lineage ?? new Lineage(deps.models);
  return move(deps, lineage, request, 'unpin', async (state) => {
    const { [request.model]: pin, ...pinned } = state.head.pinned;
    return { isThere: pin === undefined, serving: servedOf(state, request.model), pinned };
  });
}

interface Move {
  readonly isThere: boolean;
  readonly serving: ServedModel;
  readonly pinned: Record<string, string>;
}

async function move(
  deps: ActivateDeps,
  lineage: Lineage,
  request: Omit<ActivateRequest, 'version'>,
  kind: 'activate' | 'unpin',
  plan: (state: HeadState) => Promise<Move>,
): Promise<Activation> {
  const runId = deps.newRunId();
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const state = await lineage.requireHead();
    const before = servedOf(state, request.model);
    const { isThere, serving, pinned } = await plan(state);
    const answer = {
      model: request.model,
      before: before.version,
      after: serving.version,
      pinned: pinned[request.model] !== undefined,
      wasPinned: state.head.pinned[request.model] !== undefined,
    };
    if (isThere) return { ...answer, release: state.head.release, changed: false };
    const servingAfter = { ...state.head.serving, [request.model]: serving };
    const parent: LineageStep = { id: state.head.release, record: await lineage.release(state.head.release) };
    const record = carriedRecord(parent, state, {
      kind,
      by: request.by,
      why: request.why,
      run_id: runId,
      created_at: new Date(deps.now()).toISOString(),
      serving_after: servingAfter,
      pinned_after: pinned,
    });
    const release = await lineage.commit(state, record);
    if (release !== undefined) return { ...answer, release, changed: true };
  }
  throw new AlertforestError(
    'STORE_CONFLICT',
    'The serving pointer kept moving; nothing was changed. Try again.',
    {
      retryAfterSeconds: 2,
    },
  );
}

function servedOf(state: HeadState, model: string): ServedModel {
  const served = state.head.serving[model];
  if (served === undefined) {
    const known = Object.keys(state.head.serving).join(', ');
    throw new AlertforestError('MODEL_NOT_FOUND', `Expected a model of ${known}, got ${model}.`);
  }
  return served;
}

type Changed = Pick<
  ReleaseRecord,
  'kind' | 'by' | 'why' | 'run_id' | 'created_at' | 'serving_after' | 'pinned_after'
>;

/** A release that learns nothing: dataset, traffic, exclusions and quarantine are carried on, nothing is consumed. */
function carriedRecord(parent: LineageStep, state: HeadState, changed: Changed): ReleaseRecord {
  const { record } = parent;
  return {
    ...changed,
    seq: state.head.seq + 1,
    parent: parent.id,
    dataset: record.dataset,
    ...(record.traffic === undefined ? {} : { traffic: record.traffic }),
    consumed: {},
    exclusions: record.exclusions,
    quarantined: record.quarantined,
    models: Object.fromEntries(
      Object.entries(changed.serving_after).map(([model, served]) => [
        model,
        { ...served, metrics: {}, decision: 'carried' as const, reasons: [] },
      ]),
    ),
    serving_before: state.head.serving,
  };
}
