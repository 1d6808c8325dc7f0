import { createHash } from 'node:crypto';
import type { Disposition } from '../../src/alert/alert.ts';
import type { Vote } from '../../src/alert/judgement.ts';
import { effectiveJudgement } from '../../src/alert/judgement.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import { CATALOG_ID, STATELESS_NAMES } from '../../src/features/feature-catalog.ts';
import { RECORD_FAMILIES } from '../../src/features/record-families.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { type DatasetRow, emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';

export const hex = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

export const START_MS = Date.parse('2026-03-02T09:00:00.000Z');

export function snapshot(name: string, change: Partial<AlertSnapshot> = {}): AlertSnapshot {
  return {
    alertKey: hex(`key ${name}`, 32),
    alertId: name,
    tenant: 'acme',
    source: 'wazuh',
    group: hex(`group ${name}`, 32),
    occurredAt: new Date(START_MS).toISOString(),
    severity: 'medium',
    ruleKey: hex('rule', 16),
    catalogId: CATALOG_ID,
    columns: new Float32Array(STATELESS_NAMES.length).fill(Number.NaN),
    recordKeys: RECORD_FAMILIES.map((family) => hex(`${family} ${name}`, 16)),
    ...change,
  };
}

export function vote(
  analyst: string,
  disposition: Disposition,
  minutes = 0,
  change: Partial<Vote> = {},
): Vote {
  return {
    analyst,
    disposition,
    at: new Date(START_MS + minutes * 60_000).toISOString(),
    verified: true,
    ...change,
  };
}

export function sample(
  name: string,
  votes: readonly Vote[],
  change: Partial<AlertSnapshot> = {},
  ruling?: FeedbackSample['ruling'],
): FeedbackSample {
  return {
    snapshot: snapshot(name, change),
    votes,
    effective: effectiveJudgement(votes),
    rev: votes.length,
    ruling,
  };
}

/** Rows as a training set holds them, sorted by key. */
export function rowsOf(samples: readonly FeedbackSample[]): readonly DatasetRow[] {
  return overlay(emptyDataset(100_000), samples, 100_000).dataset.rows;
}
