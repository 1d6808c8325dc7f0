import { describe, expect, it } from 'vitest';
import {
  entryFromRow,
  predictionShard,
  referenceFromRow,
} from '../../src/store/azure/predictions/prediction-row.ts';
import { aliasTexts, predictionTexts } from '../../src/store/azure/predictions/prediction-text.ts';
import type { RowText } from '../../src/store/azure/row-batch.ts';
import { encodeColumns } from '../../src/store/azure/snapshot-row.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';
import { fc } from '../support/fast-check.ts';
import { snapshotOf } from '../support/judged-alerts.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

// Whatever a vendor may name: quotes, line breaks, halves of characters.
const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ maxLength: 30 }));
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { nil: undefined });
const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });
const share = fc.double({ min: 0, max: 1, noNaN: true });

const entry: fc.Arbitrary<PredictionEntry> = fc
  .record({
    alertId: text,
    tenant: maybe(text),
    source: text,
    group: maybe(hex(32)),
    readerVersion: maybe(fc.integer({ min: 1, max: 99 })),
    formerKey: maybe(hex(32)),
    auditShare: maybe(fc.double({ min: 0.001, max: 1, noNaN: true })),
    verdictId: maybe(hex(28)),
    payloadAt: maybe(text),
    incidentId: maybe(text),
    aliases: maybe(fc.array(text, { maxLength: 12 })),
    versions: fc.dictionary(text, text),
    ruleHits: maybe(
      fc.array(fc.record({ id: text, weight: fc.double({ noNaN: true, noDefaultInfinity: true }) })),
    ),
    numbers: fc.tuple(share, share, share),
    probabilities: fc.array(share, { minLength: 4, maxLength: 4 }),
    isAnomaly: fc.boolean(),
  })
  .map((drawn) => {
    const { alertId, tenant, source, group, readerVersion, formerKey, auditShare, numbers, ...rest } = drawn;
    const [riskScore, anomalyScore, finalScore] = numbers;
    const { verdictId, payloadAt, incidentId, aliases, ruleHits, ...others } = rest;
    return entryOf(alertId, {
      snapshot: snapshotOf(alertId, {
        tenant,
        source,
        ...(group === undefined ? {} : { group }),
        ...(readerVersion === undefined ? {} : { readerVersion }),
        ...(formerKey === undefined ? {} : { formerKey }),
        ...(auditShare === undefined ? {} : { auditShare }),
      }),
      ...others,
      riskScore,
      anomalyScore,
      finalScore,
      ...(verdictId === undefined ? {} : { verdictId }),
      ...(payloadAt === undefined ? {} : { payloadAt }),
      ...(incidentId === undefined ? {} : { incidentId }),
      ...(aliases === undefined ? {} : { aliases }),
      ...(ruleHits === undefined ? {} : { ruleHits }),
    });
  });

/** Ends of lines in the sense of JavaScript are escaped beyond what JSON asks for. */
const inJson = (row: object): string =>
  JSON.stringify(row).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');

/** The row as it would lie in storage. */
const stored = ({ partitionKey, rowKey, json }: RowText) => ({
  ...(JSON.parse(json) as Record<string, unknown>),
  partitionKey,
  rowKey,
  etag: '',
});

describe('predictionTexts', () => {
  it('holds the properties of an entry as JSON would, in their order', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const { snapshot, aliases: _, ...said } = one;
        const { columns, recordKeys, ...kept } = snapshot;
        const [{ partitionKey, rowKey, json }] = predictionTexts(one);
        expect(json).toBe(
          inJson({
            PartitionKey: partitionKey,
            RowKey: rowKey,
            alertKey: kept.alertKey,
            alertId: kept.alertId,
            tenant: kept.tenant,
            source: kept.source,
            group: kept.group,
            occurredAt: kept.occurredAt,
            severity: kept.severity,
            ruleKey: kept.ruleKey,
            catalogId: kept.catalogId,
            readerVersion: kept.readerVersion,
            formerKey: kept.formerKey,
            auditShare: kept.auditShare,
            columns: encodeColumns(columns),
            recordKeys: recordKeys.join(','),
            scoredAt: said.scoredAt,
            versions: JSON.stringify(said.versions),
            disposition: said.disposition,
            probabilities: JSON.stringify(said.probabilities),
            riskScore: said.riskScore,
            anomalyScore: said.anomalyScore,
            isAnomaly: said.isAnomaly,
            finalScore: said.finalScore,
            decision: said.decision,
            auditSample: said.auditSample,
            verdictId: said.verdictId,
            payloadAt: said.payloadAt,
            incidentId: said.incidentId,
            ruleHits: said.ruleHits === undefined ? undefined : JSON.stringify(said.ruleHits),
          }),
        );
      }),
    );
  });

  it('gives back the entry, and leads that name the alert in its partition', () => {
    fc.assert(
      fc.property(entry, (one) => {
        const { alertKey, alertId, tenant, source, group } = one.snapshot;
        const [verdict, ...leads] = predictionTexts(one);
        const { aliases, ...kept } = one;
        // in JSON, and so in a row, the two zeros are one
        expect(JSON.stringify(entryFromRow(stored(verdict)))).toBe(
          JSON.stringify(entryFromRow(stored(predictionTexts(kept)[0]))),
        );
        expect(leads).toHaveLength(group === alertKey ? 1 : 2);
        for (const lead of leads) {
          expect(lead.partitionKey).toBe(verdict.partitionKey);
          expect(referenceFromRow(stored(lead))).toEqual({ alertKey, alertId, tenant, source });
        }
        const others = (aliases ?? []).filter((alias) => alias !== alertId).slice(0, 8);
        expect(aliasTexts(one).map((row) => referenceFromRow(stored(row)))).toEqual(
          others.map((alias) => ({ alertKey, alertId, tenant, source, alias })),
        );
        expect(aliasTexts(one).map(({ json }) => json)).toEqual(
          aliasTexts(one).map(({ partitionKey, rowKey }, at) =>
            inJson({
              PartitionKey: partitionKey,
              RowKey: rowKey,
              alertKey,
              alertId,
              alias: others[at],
              tenant,
              source,
            }),
          ),
        );
        expect(aliasTexts(one).map((row) => row.partitionKey)).toEqual(others.map(predictionShard));
      }),
    );
  });

  it('writes numbers that JSON does not know as it does', () => {
    const [{ json }] = predictionTexts(
      entryOf('a', { riskScore: Number.NaN, finalScore: Number.POSITIVE_INFINITY }),
    );
    expect(JSON.parse(json)).toMatchObject({ riskScore: null, finalScore: null });
  });

  it('refuses what Table Storage cannot hold, and takes what it can', () => {
    const withTenant = (length: number) =>
      entryOf('a', { snapshot: snapshotOf('a', { tenant: 'x'.repeat(length) }) });
    expect(predictionTexts(withTenant(32_768))).toHaveLength(2);
    expect(() => predictionTexts(withTenant(32_769))).toThrow(
      'Expected at most 32768 characters in `tenant`',
    );
    expect(() => predictionTexts(entryOf('a', { scoredAt: 'soon' }))).toThrow(RangeError);
  });
});
