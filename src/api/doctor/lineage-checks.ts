import { hasCode } from '../../errors.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import type { Lineage } from '../../training/releases/lineage.ts';
import { signOfLineage } from '../../training/releases/lost-head.ts';
import { repairHead } from '../../training/releases/repair-head.ts';
import { type NamedBlob, readWhole } from '../../training/releases/stored-blob.ts';
import type { Check, Complaint } from './doctor.ts';

export interface LineageCheckDeps {
  readonly models: ModelStore;
  readonly feedback: FeedbackStore;
  readonly lineage: Lineage;
}

/** The head, the chain of releases behind it, and what serving and learning need of it. */
export function lineageChecks(deps: LineageCheckDeps): Check[] {
  const { models, lineage } = deps;
  return [
    { what: 'serving pointer', look: () => lookAtHead(deps) },
    {
      what: 'releases',
      look: async () => {
        const state = await lineage.readHead();
        // a record that cannot be read throws with its name
        if (state !== undefined) for await (const _ of lineage.walk(state.head.release));
        return undefined;
      },
    },
    {
      what: 'what serves',
      look: async () => {
        const state = await lineage.readHead();
        for (const [model, served] of Object.entries(state?.head.serving ?? {})) {
          const says = await damageOf(models, served);
          if (says === undefined) continue;
          return {
            says: `${model} ${served.version} cannot be served by an instance that starts: ${says} Activate an earlier version (\`alertforest versions ${model}\`), or restore the blob.`,
          };
        }
        return undefined;
      },
    },
    {
      what: 'training set',
      look: async () => {
        const state = await lineage.readHead();
        if (state === undefined) return undefined;
        const { record } = await lineage.tip(state.head.release);
        const says = await damageOf(models, record.dataset);
        if (says !== undefined)
          return {
            says: `${says} The next retrain makes it again of the judged alerts that are kept; or restore the blob.`,
          };
        const traffic = record.traffic && (await damageOf(models, record.traffic));
        if (traffic === undefined) return undefined;
        return { says: `${traffic} The next retrain draws it anew of what is logged; or restore the blob.` };
      },
    },
  ];
}

async function lookAtHead(deps: LineageCheckDeps): Promise<Complaint | undefined> {
  const { models, lineage, feedback } = deps;
  const says = await headDamage(deps);
  if (says === undefined) return undefined;
  return {
    says,
    fix: {
      does: 'points it at the newest release that is whole',
      run: async () => {
        const head = await repairHead({ models, feedback }, lineage);
        return `it names ${head.release}`;
      },
    },
  };
}

async function headDamage({ models, lineage, feedback }: LineageCheckDeps): Promise<string | undefined> {
  try {
    const state = await lineage.readHead();
    if (state !== undefined) await lineage.release(state.head.release);
    else {
      const sign = await signOfLineage({ models, feedback });
      // nothing was ever learned here: the first use makes the first release
      if (sign !== undefined) return `It has gone, and this is no first start: ${sign}.`;
    }
    return undefined;
  } catch (error) {
    if (hasCode(error, 'STORE_CORRUPT')) return (error as Error).message;
    throw error;
  }
}

async function damageOf(models: ModelStore, blob: NamedBlob): Promise<string | undefined> {
  const read = await readWhole(models, blob);
  return read.bytes === undefined ? read.says : undefined;
}
