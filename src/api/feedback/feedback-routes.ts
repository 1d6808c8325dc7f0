import { z } from 'zod';
import { feedbackItemSchema } from '../../alert/feedback-item.ts';
import { integer, moment, oneOf, text } from '../parameters.ts';
import { closedRecordSchema } from '../payloads.ts';
import { defineRoutes } from '../route.ts';
import { feedbackResultSchema, feedbackWithdrawnSchema, standingFeedbackSchema } from './feedback.ts';
import { forgetRequestSchema, forgottenSchema } from './forget.ts';
import {
  bulkRulingRequestSchema,
  bulkRulingSchema,
  quarantineSchema,
  rulingRequestSchema,
  rulingSchema,
} from './quarantine.ts';

export const FEEDBACK_ROUTES = defineRoutes({
  feedback: {
    method: 'post',
    path: '/feedback',
    role: 'analyst',
    summary: 'Say what an alert turned out to be',
    description:
      'Takes one judgement, an array of judgements, or vendor records. Stored before the answer. The same judgement by ' +
      'the same analyst again is a duplicate and changes nothing. A record has one state, dated by its vendor: an older ' +
      'one is superseded, a newer one takes its place, a reopened one is withdrawn.',
    query: {
      tenant: text(
        128,
        'The customer the records are of; fills what they lack. Also as header x-alertforest-tenant.',
      ),
      debug: oneOf(['mapping'], '`mapping` adds how each closing was read.'),
    },
    payload: [feedbackItemSchema, z.array(feedbackItemSchema), closedRecordSchema],
    success: { status: 200, description: 'Stored.', schemas: [feedbackResultSchema] },
    problems: [404, 409, 422, 429],
    example: ({ predict }) => ({
      body: {
        alert_key: predict.alert_key,
        disposition: 'true_positive',
        risk_score: 85,
        analyst: 'ana',
        comment: 'Account disabled, sessions revoked.',
      },
    }),
  },
  feedbackStanding: {
    method: 'get',
    path: '/feedback',
    role: 'scorer',
    summary: 'What will teach of one alert',
    description:
      'Its label as the votes and the states of its records make it, null where nothing teaches, and the verdict it ' +
      'will be taught with.',
    query: {
      alert_id: text(
        1024,
        'Id of the alert as its vendor wrote it; with `tenant` or `source` where it repeats.',
      ),
      alert_key: text(32, '32 hex digits.'),
      tenant: text(1024, 'Tenant of the alert.'),
      source: text(256, 'Product that raised the alert.'),
    },
    polled: {},
    success: { status: 200, description: 'What stands on the alert.', schemas: [standingFeedbackSchema] },
    problems: [404, 409],
    example: ({ predict }) => ({ query: { alert_key: predict.alert_key } }),
  },
});

export const WITHDRAW_ROUTES = defineRoutes({
  feedbackWithdraw: {
    method: 'delete',
    path: '/feedback/{alertKey}',
    role: 'analyst',
    summary: 'Take back the vote of one analyst',
    description:
      'The vote teaches no longer; the history keeps it and who took it back. Votes of others and what a record says ' +
      'stay. A claimed name takes back no vote of a signed-in analyst.',
    params: { alertKey: '32 hex digits' },
    query: { analyst: text(256, 'Whose vote; a signed-in analyst takes back their own.') },
    success: { status: 200, description: 'Taken back.', schemas: [feedbackWithdrawnSchema] },
    problems: [404, 429],
    example: ({ predict }) => ({
      params: { alertKey: predict.alert_key },
      query: { analyst: 'ana' },
    }),
  },
});

export const QUARANTINE_ROUTES = defineRoutes({
  quarantine: {
    method: 'get',
    path: '/quarantine',
    role: 'scorer',
    summary: 'Judgements that the guards hold back',
    description:
      'They are consumed but left out of the fit until an operator has confirmed them; the newest judged first, with ' +
      'what they contradict. As of the newest release: a ruling shows at once, what is held changes at the next retrain.',
    query: {
      rule_key: text(16, 'Of this rule alone.'),
      analyst: text(256, 'With a vote of this analyst.'),
      guard: text(64, 'Held by this guard.'),
      since: moment('Judged at or after, ISO 8601 UTC.'),
      until: moment('Judged before, ISO 8601 UTC.'),
      limit: integer(1, 200, 'Judgements of a page.', 50),
      offset: integer(0, 1_000_000, 'Judgements to pass over.', 0),
    },
    polled: {},
    success: { status: 200, description: 'What is held.', schemas: [quarantineSchema] },
    example: () => ({}),
  },
  quarantineRuleAll: {
    method: 'post',
    path: '/quarantine',
    role: 'operator',
    summary: 'Confirm or reject judgements by rule, analyst, guard or time',
    description:
      'Everything held that matches all that is named; `dry_run` only counts. Counts at the next retrain.',
    body: bulkRulingRequestSchema,
    success: { status: 200, description: 'Ruled, or counted.', schemas: [bulkRulingSchema] },
    example: () => ({
      body: { action: 'confirm', analyst: 'ana', dry_run: true, by: 'oncall', why: 'Seen with the analyst.' },
    }),
  },
  quarantineRule: {
    method: 'post',
    path: '/quarantine/{alertKey}',
    role: 'operator',
    summary: 'Confirm or reject a judgement held back',
    description: 'Counts at the next retrain.',
    params: { alertKey: '32 hex digits' },
    body: rulingRequestSchema,
    success: { status: 200, description: 'Ruled.', schemas: [rulingSchema] },
    problems: [404, 409],
    example: ({ predict }) => ({
      params: { alertKey: predict.alert_key },
      body: { action: 'confirm', by: 'oncall', why: 'Seen with the analyst.' },
    }),
  },
});

export const FORGET_ROUTES = defineRoutes({
  forget: {
    method: 'post',
    path: '/forget',
    role: 'operator',
    summary: "Remove an analyst's judgements",
    description:
      'Takes what one analyst said out of every alert and incident; in the history a hash stands for the name. It cannot be ' +
      'taken back. Until a retrain with `force` the models still hold what they learned from it.',
    body: forgetRequestSchema,
    success: { status: 200, description: 'Forgotten.', schemas: [forgottenSchema] },
    example: () => ({
      body: { analyst: 'left@soc.example', by: 'oncall', why: 'Asked for by the data protection officer.' },
    }),
  },
});
