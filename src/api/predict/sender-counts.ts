/** What became of the alerts that one sender posted. */
export interface SenderCount {
  scored: number;
  /** Understood and no alert. */
  skipped: number;
  /** Alerts that could not be read, and requests of which nothing could. */
  refused: number;
}

/** Senders told apart; a name is the sender's own word, so anybody can make one up. */
const MAX_SENDERS = 50;
const OTHERS = 'others';
const MAX_NAME = 40;

/**
 * The program that sends, as its user-agent says: `Alertmanager/0.35.0` and `syslog-ng 3.38.1/libcurl` without their
 * versions. `unknown` without one.
 */
export function senderName(userAgent: string | undefined): string {
  const name = /^[\w .+-]{1,64}/.exec(userAgent?.trim() ?? '')?.[0].trim() ?? '';
  const blank = name.lastIndexOf(' ');
  const bare = blank > 0 && /^v?\d[\d.]*$/.test(name.slice(blank + 1)) ? name.slice(0, blank) : name;
  return bare === '' ? 'unknown' : bare.slice(0, MAX_NAME).trim();
}

/** Counts since the start of this instance, a sender each; those beyond {@link MAX_SENDERS} are counted together. */
export class SenderCounts {
  readonly #counts = new Map<string, SenderCount>();

  add(sender: string, { scored, skipped, refused }: SenderCount): void {
    const isKnown = this.#counts.has(sender) || this.#counts.size < MAX_SENDERS;
    const name = isKnown ? sender : OTHERS;
    let count = this.#counts.get(name);
    if (count === undefined) {
      count = { scored: 0, skipped: 0, refused: 0 };
      this.#counts.set(name, count);
    }
    count.scored += scored;
    count.skipped += skipped;
    count.refused += refused;
  }

  summary(): Record<string, SenderCount> {
    return Object.fromEntries([...this.#counts].map(([name, count]) => [name, { ...count }]));
  }
}
