import { describe, expect, it } from 'vitest';
import { ipNetwork, textOfNetwork } from '../../../src/intake/values/ip-address.ts';
import type { IndicatorValue } from '../../../src/triage/intel/indicator.ts';
import { lookUp } from '../../../src/triage/intel/look-up.ts';
import { buildTable } from '../../../src/triage/intel/table/build-table.ts';
import { IndicatorRows } from '../../../src/triage/intel/table/indicator-rows.ts';
import { IndicatorTable } from '../../../src/triage/intel/table/indicator-table.ts';
import { fc } from '../../support/fast-check.ts';

async function tableOf(values: readonly IndicatorValue[]): Promise<IndicatorTable> {
  const rows = new IndicatorRows();
  for (const [at, value] of values.entries()) rows.add(value, { confidence: at % 101 });
  return IndicatorTable.from(await buildTable(rows));
}

function matched(table: IndicatorTable, kind: 'ip' | 'domain' | 'hash', value: string): string[] {
  const found = new Set<string>();
  lookUp(table, kind, value, (hit) => found.add(hit.matched));
  return [...found].sort();
}

const octet = fc.constantFrom(0, 1, 2, 7, 127, 128, 255);
const ipv4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
const ipv6 = fc
  .array(fc.constantFrom('0', '1', '8000', 'ffff'), { minLength: 8, maxLength: 8 })
  .map((groups) => groups.join(':'));
const network = fc.oneof(
  fc.tuple(ipv4, fc.integer({ min: 0, max: 32 })),
  fc.tuple(ipv6, fc.integer({ min: 0, max: 128 })),
);

describe('IndicatorTable', () => {
  it('reads bytes that lie at any place of a larger buffer, as a download may', async () => {
    const rows = new IndicatorRows();
    rows.add({ type: 'domain', value: 'bad.example' }, {});
    const bytes = await buildTable(rows);
    for (let offset = 0; offset < 9; offset++) {
      const held = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
      expect(matched(IndicatorTable.from(held), 'domain', 'bad.example')).toEqual(['bad.example']);
    }
  });

  it('finds exactly the networks that hold an address', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(network, { maxLength: 60 }),
        fc.array(fc.oneof(ipv4, ipv6), { minLength: 1, maxLength: 20 }),
        async (networks, addresses) => {
          const values = networks.flatMap(([address, prefix]) => {
            const read = ipNetwork(`${address}/${prefix}`);
            return read === undefined ? [] : [textOfNetwork(read)];
          });
          const table = await tableOf(values.map((value) => ({ type: 'ip', value })));
          for (const spelled of addresses) {
            const asked = ipNetwork(spelled);
            if (asked === undefined) continue;
            const right = [...new Set(values)].filter((value) => {
              const { address, prefix } = ipNetwork(value) as { address: string; prefix: number };
              if (address.includes(':') !== asked.address.includes(':')) return false;
              const around = ipNetwork(`${asked.address}/${prefix}`);
              return around?.address === address;
            });
            expect(matched(table, 'ip', asked.address)).toEqual(right.sort());
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('finds a name, and the domains above it on label boundaries', async () => {
    const table = await tableOf([
      { type: 'domain', value: 'evil.example' },
      { type: 'domain', value: 'below.example', isBelow: true },
      { type: 'domain', value: 'pages.dev' },
    ]);
    expect(matched(table, 'domain', 'a.b.evil.example')).toEqual(['evil.example']);
    expect(matched(table, 'domain', 'notevil.example')).toEqual([]);
    expect(matched(table, 'domain', 'below.example')).toEqual([]);
    expect(matched(table, 'domain', 'x.below.example')).toEqual(['below.example']);
    expect(matched(table, 'domain', 'pages.dev')).toEqual(['pages.dev']);
    expect(matched(table, 'domain', 'x.pages.dev')).toEqual([]);
  });

  it('gives the same bytes whatever the order, and keeps at most eight of one value', async () => {
    const values: IndicatorValue[] = Array.from({ length: 300 }, (_, at) => ({
      type: 'hash',
      value: (at % 30).toString(16).padStart(64, 'a'),
    }));
    const build = async (order: readonly number[]): Promise<Uint8Array> => {
      const rows = new IndicatorRows();
      for (const at of order) rows.add(values[at] as IndicatorValue, { confidence: at % 10 });
      return buildTable(rows);
    };
    const order = values.map((_, at) => at);
    const one = await build(order);
    expect(await build(order.toReversed())).toEqual(one);
    const { header } = IndicatorTable.from(one);
    expect(header.counts.hash).toBeLessThanOrEqual(30 * 8);
  });

  it('refuses bytes that are no table, cut or lengthened', async () => {
    const table = await tableOf([{ type: 'ip', value: '198.51.100.7' }]);
    expect(table.sizeBytes).toBeGreaterThan(0);
    const rows = new IndicatorRows();
    rows.add({ type: 'ip', value: '198.51.100.7' }, {});
    const bytes = await buildTable(rows);
    const longer = new Uint8Array(bytes.length + 8);
    longer.set(bytes);
    for (const wrong of [new Uint8Array(0), new Uint8Array(64), bytes.slice(0, -8), longer])
      expect(() => IndicatorTable.from(wrong)).toThrow(expect.objectContaining({ code: 'STORE_CORRUPT' }));
  });
});
