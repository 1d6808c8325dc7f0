import { AlertforestError } from '../../../errors.ts';
import { hash64, lastHash } from '../../../features/hash64.ts';
import { groupsOfIpv6, ipNetwork, numberOfIpv4 } from '../../../intake/values/ip-address.ts';
import { isSharedSuffix } from '../../../intake/values/public-name.ts';
import type { WorkSlices } from '../../../reading/work-slices.ts';
import { INDICATOR_KINDS, type IndicatorTerms, type IndicatorValue } from '../indicator.ts';
import { TLP } from '../tlp.ts';
import { indicatorKeyText } from './lookup-texts.ts';

/** How a row is found: by the hash of its text, as an IPv4 network or as an IPv6 network. */
export const FAMILY = { text: 0, ipv4: 1, ipv6: 2 } as const;
/** Of a domain: the name itself matches, names below it match. */
export const SCOPE = { exact: 1, below: 2 } as const;
/** Stands for a confidence or TLP that is not given. */
export const NOT_GIVEN = 255;

/** Seed of the hashes of texts; part of the format. */
const TEXT_SEED = 0x1e7e1;

/** Hashes a text of a kind into {@link lastHash}. */
export function hashText(kind: number, text: string): void {
  hash64([text], TEXT_SEED + kind);
}

const FIRST_CAPACITY = 1024;
/** Indicators of one source; what holds more is refused as a whole. */
export const MAX_ROWS = 20_000_000;
/** Rows gone through between two looks at the clock of the slices. */
export const ROWS_AT_ONCE = 32_768;

/**
 * The rows of a table while they come in, as columns that grow where they lie: copying the columns of a million rows
 * would hold the event loop. About 40 bytes an indicator.
 */
export class IndicatorRows {
  n = 0;
  readonly family = new Uint8Array(growing(1));
  readonly kind = new Uint8Array(growing(1));
  /** Four words of the key a row: of an address, or the two of a hash. */
  readonly words = new Uint32Array(growing(16));
  /** Prefix of a network, scope of a domain. */
  readonly detail = new Uint8Array(growing(1));
  readonly confidence = new Uint8Array(growing(1));
  readonly tlp = new Uint8Array(growing(1));
  /** ms; NaN where not given. */
  readonly validFromMs = new Float64Array(growing(8));
  readonly validUntilMs = new Float64Array(growing(8));
  readonly isDead = new Uint8Array(growing(1));

  /** Adds a row and says at which position. */
  add(value: IndicatorValue, terms: IndicatorTerms): number {
    if (this.n === this.family.length) this.#grow();
    const row = this.n++;
    const kind = INDICATOR_KINDS.indexOf(value.type);
    this.kind[row] = kind;
    if (value.type === 'ip') this.#setNetwork(row, value.value);
    else {
      this.family[row] = FAMILY.text;
      hashText(kind, indicatorKeyText(value));
      this.words[4 * row] = lastHash[0] as number;
      this.words[4 * row + 1] = lastHash[1] as number;
      this.detail[row] = value.type === 'domain' ? scopeOf(value) : SCOPE.exact;
    }
    this.confidence[row] = terms.confidence ?? NOT_GIVEN;
    this.tlp[row] = terms.tlp === undefined ? NOT_GIVEN : TLP.indexOf(terms.tlp);
    this.validFromMs[row] = terms.validFromMs ?? Number.NaN;
    this.validUntilMs[row] = terms.validUntilMs ?? Number.NaN;
    return row;
  }

  /** Ends the validity of every row that has no end of its own. */
  async endAt(ms: number, slices: WorkSlices): Promise<void> {
    for (let row = 0; row < this.n; row++) {
      if (Number.isNaN(this.validUntilMs[row])) this.validUntilMs[row] = ms;
      if (row % ROWS_AT_ONCE === 0) await slices.spend(ROWS_AT_ONCE);
    }
  }

  #setNetwork(row: number, text: string): void {
    const network = ipNetwork(text);
    if (network === undefined) throw new RangeError('Expected an address or network in its normal form.');
    this.detail[row] = network.prefix;
    if (!network.address.includes(':')) {
      this.family[row] = FAMILY.ipv4;
      this.words[4 * row] = numberOfIpv4(network.address);
      return;
    }
    this.family[row] = FAMILY.ipv6;
    const groups = groupsOfIpv6(network.address);
    for (let word = 0; word < 4; word++)
      this.words[4 * row + word] = (groups[2 * word] as number) * 0x10000 + (groups[2 * word + 1] as number);
  }

  /** @throws AlertforestError REQUEST_TOO_LARGE */
  #grow(): void {
    if (this.n >= MAX_ROWS)
      throw new AlertforestError('REQUEST_TOO_LARGE', `Expected at most ${MAX_ROWS} indicators, got more.`);
    const { family, kind, detail, confidence, tlp, isDead, words, validFromMs, validUntilMs } = this;
    const n = Math.min(MAX_ROWS, 2 * this.n);
    for (const column of [family, kind, detail, confidence, tlp, isDead, words, validFromMs, validUntilMs])
      column.buffer.resize((column.byteLength / this.n) * n);
  }
}

function scopeOf({ value, isBelow }: IndicatorValue): number {
  if (isBelow) return SCOPE.below;
  // whoever lives below a public suffix, `pages.dev` too, is somebody else
  return isSharedSuffix(value) ? SCOPE.exact : SCOPE.exact | SCOPE.below;
}

/** Room for {@link FIRST_CAPACITY} rows that can grow to {@link MAX_ROWS} in place. */
const growing = (bytesPerRow: number): ArrayBuffer =>
  new ArrayBuffer(FIRST_CAPACITY * bytesPerRow, { maxByteLength: MAX_ROWS * bytesPerRow });
