import { setImmediate as nextTurn } from 'node:timers/promises';
import { lastHash } from '../../../features/hash64.ts';
import { groupsOfIpv6, ipNetwork, numberOfIpv4, textOfNetwork } from '../../../intake/values/ip-address.ts';
import type { Pause } from '../../../reading/work-slices.ts';
import { INDICATOR_KINDS, type IndicatorKind } from '../indicator.ts';
import { TLP, type Tlp } from '../tlp.ts';
import { HashDirectory } from './hash-directory.ts';
import { hashText, NOT_GIVEN, SCOPE } from './indicator-rows.ts';
import { urlLookupTexts } from './lookup-texts.ts';
import { readSections, type TableHeader, type TableSections } from './table-format.ts';

/** An indicator that matched. */
export interface TableHit {
  readonly kind: IndicatorKind;
  /** 0-100; undefined where the source gives none. */
  readonly confidence: number | undefined;
  readonly tlp: Tlp | undefined;
  /** ms; NaN where not given. */
  readonly validFromMs: number;
  readonly validUntilMs: number;
  /** What matched: the domain above the value, the network around it. */
  readonly matched: string;
}

/** Whether a hit holds at a moment: from its first moment on, and before its last. */
export function stateAt(
  hit: Pick<TableHit, 'validFromMs' | 'validUntilMs'>,
  atMs: number,
): 'active' | 'not yet' | 'expired' {
  if (hit.validFromMs > atMs) return 'not yet';
  return hit.validUntilMs <= atMs ? 'expired' : 'active';
}

/**
 * The indicators of one source: immutable views over one buffer, in which texts are kept as sorted 64-bit hashes and
 * networks as sorted beginnings, each with the network around it. A lookup is a few short searches and allocates only
 * for hits. Two of n texts share a hash with probability n^2 / 2^65; then a value hits that should not.
 */
export class IndicatorTable {
  readonly header: TableHeader;
  readonly sizeBytes: number;
  readonly #sections: TableSections;
  readonly #directory: HashDirectory;

  private constructor(
    { header, sections }: ReturnType<typeof readSections>,
    directory: HashDirectory,
    sizeBytes: number,
  ) {
    this.header = header;
    this.#sections = sections;
    this.#directory = directory;
    this.sizeBytes = sizeBytes + directory.sizeBytes;
  }

  /** @throws AlertforestError STORE_CORRUPT where the bytes are no table of this format */
  static from(bytes: Uint8Array): IndicatorTable {
    const read = readSections(bytes);
    return new IndicatorTable(read, HashDirectory.of(read.sections.textHigh), bytes.byteLength);
  }

  /**
   * The same in slices that yield.
   *
   * @throws AlertforestError STORE_CORRUPT
   */
  static async inSlices(bytes: Uint8Array, pause: Pause = nextTurn): Promise<IndicatorTable> {
    const read = readSections(bytes);
    const steps = HashDirectory.inSteps(read.sections.textHigh);
    for (;;) {
      const { done, value } = steps.next();
      if (done) return new IndicatorTable(read, value, bytes.byteLength);
      await pause();
    }
  }

  /** Indicators for an address in its normal form: itself and every network around it. */
  onAddress(address: string, onHit: (hit: TableHit) => void): void {
    if (address.includes(':')) this.#onIpv6(address, onHit);
    else this.#onIpv4(address, onHit);
  }

  /** Indicators for a name in its normal form: itself, and the domains above it that stand for all below. */
  onName(name: string, onHit: (hit: TableHit) => void): void {
    this.#onText('domain', name, SCOPE.exact, onHit);
    for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1))
      this.#onText('domain', name.slice(dot + 1), SCOPE.below, onHit);
  }

  onUrl(url: string, onHit: (hit: TableHit) => void): void {
    for (const text of urlLookupTexts(url)) this.#onText('url', text, SCOPE.exact, onHit);
  }

  onHash(hash: string, onHit: (hit: TableHit) => void): void {
    this.#onText('hash', hash, SCOPE.exact, onHit);
  }

  onMail(address: string, onHit: (hit: TableHit) => void): void {
    this.#onText('email', address, SCOPE.exact, onHit);
  }

  #onText(kind: IndicatorKind, text: string, scope: number, onHit: (hit: TableHit) => void): void {
    const { textHigh, textLow, textScope, textBase } = this.#sections;
    if (textHigh.length === 0) return;
    hashText(INDICATOR_KINDS.indexOf(kind), text);
    const high = lastHash[0] as number;
    const low = lastHash[1] as number;
    const to = this.#directory.to(high);
    let at = this.#directory.from(high);
    while (at < to && (textHigh[at]! < high || (textHigh[at] === high && textLow[at]! < low))) at++;
    for (; at < to && textHigh[at] === high && textLow[at] === low; at++)
      if (((textScope[at] as number) & scope) !== 0) onHit(this.#hit(textBase + at, kind, text));
  }

  #onIpv4(address: string, onHit: (hit: TableHit) => void): void {
    const { ipv4, ipv4Prefix, ipv4Parent, ipv4Base } = this.#sections;
    const asked = numberOfIpv4(address);
    let from = 0;
    let to = ipv4.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((ipv4[middle] as number) <= asked) from = middle + 1;
      else to = middle;
    }
    // networks lie within each other or apart: whatever holds the address is this one or one around it
    for (let at = from - 1; at >= 0; at = ipv4Parent[at] as number) {
      const prefix = ipv4Prefix[at] as number;
      const start = ipv4[at] as number;
      if (prefix === 0 || start >>> (32 - prefix) === asked >>> (32 - prefix)) {
        const text = `${start >>> 24}.${(start >>> 16) & 255}.${(start >>> 8) & 255}.${start & 255}`;
        onHit(this.#hit(ipv4Base + at, 'ip', prefix === 32 ? text : `${text}/${prefix}`));
      }
    }
  }

  #onIpv6(address: string, onHit: (hit: TableHit) => void): void {
    const { ipv6, ipv6Prefix, ipv6Parent, ipv6Base } = this.#sections;
    const groups = groupsOfIpv6(address);
    const asked = [0, 1, 2, 3].map(
      (word) => (groups[2 * word] as number) * 0x10000 + (groups[2 * word + 1] as number),
    );
    let from = 0;
    let to = ipv6Prefix.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (isAtMost(ipv6, 4 * middle, asked)) from = middle + 1;
      else to = middle;
    }
    for (let at = from - 1; at >= 0; at = ipv6Parent[at] as number) {
      const prefix = ipv6Prefix[at] as number;
      if (startsAlike(ipv6, 4 * at, asked, prefix))
        onHit(this.#hit(ipv6Base + at, 'ip', networkText(address, prefix)));
    }
  }

  #hit(row: number, kind: IndicatorKind, matched: string): TableHit {
    const { confidence, tlp, validFromMs, validUntilMs } = this.#sections;
    const given = confidence[row] as number;
    return {
      kind,
      confidence: given === NOT_GIVEN ? undefined : given,
      tlp: TLP[tlp[row] as number],
      validFromMs: validFromMs[row] as number,
      validUntilMs: validUntilMs[row] as number,
      matched,
    };
  }
}

/** The network of a width around an address. */
function networkText(address: string, prefix: number): string {
  const network = ipNetwork(`${address}/${prefix}`);
  return network === undefined ? address : textOfNetwork(network);
}

/** Whether the four words at `at` are at most those asked for. */
function isAtMost(words: Uint32Array, at: number, asked: readonly number[]): boolean {
  for (let word = 0; word < 4; word++) {
    const one = words[at + word] as number;
    const other = asked[word] as number;
    if (one !== other) return one < other;
  }
  return true;
}

/** Whether the first `bits` of four words at `at` and of those asked for agree. */
export function startsAlike(words: Uint32Array, at: number, asked: ArrayLike<number>, bits: number): boolean {
  for (let word = 0; word < 4; word++) {
    const kept = Math.min(32, bits - 32 * word);
    if (kept <= 0) return true;
    if ((words[at + word] as number) >>> (32 - kept) !== (asked[word] as number) >>> (32 - kept))
      return false;
  }
  return true;
}
