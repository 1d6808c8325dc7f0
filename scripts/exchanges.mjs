// One call of every operation, in an order in which each finds what it needs. Recorded for the documents
// (scripts/record-examples.mjs) and played in the tests, so that what the documents show is what the service does.

import { readFileSync } from 'node:fs';

const sampleAlert = JSON.parse(readFileSync(new URL('sample-alert.json', import.meta.url), 'utf8'));

/**
 * Each exchange builds its request from the answers so far.
 *
 * @type {ReadonlyArray<{ name: string, call: (answers: Record<string, any>) => { method: string, path: string, body?: unknown } }>}
 */
export const EXCHANGES = [
  { name: 'predict', call: () => ({ method: 'POST', path: '/predict?explain=3', body: sampleAlert }) },
  {
    name: 'feedback',
    call: ({ predict }) => ({
      method: 'POST',
      path: '/feedback',
      body: {
        alert_key: predict.alert_key,
        disposition: 'true_positive',
        risk_score: 85,
        analyst: 'ana',
        comment: 'Account disabled, sessions revoked.',
      },
    }),
  },
  { name: 'health', call: () => ({ method: 'GET', path: '/health' }) },
  { name: 'healthDetails', call: () => ({ method: 'GET', path: '/health/details' }) },
  { name: 'versions', call: () => ({ method: 'GET', path: '/versions' }) },
  { name: 'versionsOfModel', call: () => ({ method: 'GET', path: '/versions/classifier' }) },
  {
    name: 'versionCard',
    call: ({ versions }) => ({
      method: 'GET',
      path: `/versions/classifier/${versions.serving.classifier}/card`,
    }),
  },
  { name: 'importances', call: () => ({ method: 'GET', path: '/importances' }) },
  { name: 'drift', call: () => ({ method: 'GET', path: '/drift' }) },
  { name: 'quality', call: () => ({ method: 'POST', path: '/quality', body: { alerts: [sampleAlert] } }) },
  { name: 'policy', call: () => ({ method: 'GET', path: '/policy' }) },
  {
    name: 'policyPut',
    call: ({ policy }) => ({
      method: 'PUT',
      path: '/policy?dry_run=true',
      body: { policy: policy.document.policy, by: 'oncall', why: 'What would the built-in policy do?' },
    }),
  },
  { name: 'quarantine', call: () => ({ method: 'GET', path: '/quarantine' }) },
  {
    name: 'quarantineRule',
    call: ({ predict }) => ({
      method: 'POST',
      path: `/quarantine/${predict.alert_key}`,
      body: { action: 'confirm', by: 'oncall', why: 'Seen with the analyst.' },
    }),
  },
  {
    name: 'versionActivate',
    call: ({ versions }) => ({
      method: 'POST',
      path: `/versions/classifier/${versions.serving.classifier}/activate`,
      body: { by: 'oncall', why: 'Hold it while the new log source settles.' },
    }),
  },
  {
    name: 'versionUnpin',
    call: () => ({
      method: 'POST',
      path: '/versions/classifier/unpin',
      body: { by: 'oncall', why: 'The log source has settled.' },
    }),
  },
  {
    name: 'retrain',
    call: () => ({
      method: 'POST',
      path: '/retrain',
      body: { why: 'A new playbook is live.', by: 'oncall' },
    }),
  },
  { name: 'retrainRuns', call: () => ({ method: 'GET', path: '/retrain' }) },
  { name: 'retrainRun', call: ({ retrain }) => ({ method: 'GET', path: `/retrain/${retrain.run_id}` }) },
  { name: 'audit', call: () => ({ method: 'GET', path: '/audit?limit=5' }) },
];
