import { AlertforestError } from '../../errors.ts';

/** What is wrong with one thing, in a sentence, and what would mend it. */
export interface Complaint {
  readonly says: string;
  /** Storage did not answer: neither well nor wrong. */
  readonly isOutage?: boolean;
  readonly fix?: {
    /** What the fix does, in a sentence. */
    readonly does: string;
    /** Mends it and says what stands now. */
    readonly run: () => Promise<string>;
  };
}

export interface Check {
  /** The thing that is looked at. */
  readonly what: string;
  /** `undefined` where all is well. Damage that it throws is a complaint without a fix, an outage no answer. */
  readonly look: () => Promise<Complaint | undefined>;
}

/** Whether something can be read: what it throws names the damage. */
export const readable = (what: string, read: () => Promise<unknown>): Check => ({
  what,
  look: async () => void (await read()),
});

export interface Finding {
  readonly what: string;
  /** `unknown`: storage did not answer, so that nothing can be said. */
  readonly state: 'ok' | 'wrong' | 'fixed' | 'unknown';
  /** One sentence; empty where all is well. */
  readonly says: string;
  /** What the fix would do, or did; `undefined` where there is none. */
  readonly fix: string | undefined;
}

/** Looks at one thing after the other, and mends what it can only when told to. */
export async function examine(checks: readonly Check[], { fix }: { fix: boolean }): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { what, look } of checks) {
    const complaint = await look().catch(complaintOf);
    if (complaint?.isOutage === true)
      findings.push({ what, state: 'unknown', says: complaint.says, fix: undefined });
    else if (complaint === undefined) findings.push({ what, state: 'ok', says: '', fix: undefined });
    else if (!fix || complaint.fix === undefined)
      findings.push({ what, state: 'wrong', says: complaint.says, fix: complaint.fix?.does });
    else findings.push(await mended(what, complaint.says, complaint.fix.run));
  }
  return findings;
}

async function mended(what: string, says: string, run: () => Promise<string>): Promise<Finding> {
  try {
    return { what, state: 'fixed', says, fix: await run() };
  } catch (error) {
    return {
      what,
      state: 'wrong',
      says: `${says} It could not be mended: ${complaintOf(error).says}`,
      fix: undefined,
    };
  }
}

function complaintOf(error: unknown): Complaint {
  if (!(error instanceof AlertforestError)) throw error;
  const isOutage = error.code === 'STORE_UNAVAILABLE' || error.code === 'DEADLINE_EXCEEDED';
  return { says: `${error.code}: ${error.message}`, isOutage };
}
