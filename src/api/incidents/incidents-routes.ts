import { integer, oneOf, text } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import {
  incidentJudgedSchema,
  incidentJudgementSchema,
  incidentListSchema,
  incidentSchema,
  incidentWithdrawnSchema,
  quietRequestSchema,
  quietSchema,
} from './incidents.ts';

const id = 'As a verdict or the list named it; a name that has merged is followed.';

export const INCIDENT_ROUTES = defineRoutes({
  incidents: {
    method: 'get',
    path: '/incidents',
    role: 'scorer',
    summary: 'What correlation joined',
    description:
      'Alerts that stand out, joined by entity, rule and time; the highest score first. What an instance has joined ' +
      'the others know within half a minute. With `kind=roll_up` the rest: alerts that did not stand out, one item for ' +
      'each rule and day.',
    query: {
      kind: oneOf(['incident', 'roll_up'], 'What is listed; incidents where it is left out.'),
      tenant: text(1024, 'Of this tenant alone.'),
      since: text(64, 'With an alert at or after this moment, ISO 8601.'),
      min_score: integer(0, 100, 'With at least this score; of incidents alone.', 0),
      state: oneOf(['open', 'judged'], 'Judged or not; of incidents alone.'),
      order: oneOf(
        ['score', 'time'],
        'Highest score first (of roll-ups: most alerts), or the one with the newest alert first.',
      ),
      limit: integer(1, 200, 'Items of a page.', 50),
      offset: integer(0, 1_000_000, 'Items to pass over.', 0),
    },
    polled: {},
    success: {
      status: 200,
      description: 'A page of incidents, or of roll-ups.',
      schemas: [incidentListSchema],
    },
    example: () => ({ query: { limit: '5' } }),
  },
  incident: {
    method: 'get',
    path: '/incidents/{id}',
    role: 'scorer',
    summary: 'One incident with its alerts',
    description:
      'Members with time, score, verdict and the entities that joined them, and the tactics reached with their times.',
    params: { id },
    polled: {},
    success: { status: 200, description: 'The incident.', schemas: [incidentSchema] },
    problems: [404],
    example: ({ incidents }) => ({ params: { id: incidents.incidents[0].id } }),
  },
  incidentJudge: {
    method: 'post',
    path: '/incidents/{id}/judge',
    role: 'analyst',
    summary: 'Judge an incident as a whole',
    description:
      'The judgement goes to every member that is kept and that no person judged on its own; it counts once towards ' +
      'the next retrain.',
    params: { id },
    body: incidentJudgementSchema,
    success: { status: 200, description: 'Stored.', schemas: [incidentJudgedSchema] },
    problems: [404, 429],
    example: ({ incidents }) => ({
      params: { id: incidents.incidents[0].id },
      body: { disposition: 'true_positive', analyst: 'eve' },
    }),
  },
  incidentWithdraw: {
    method: 'delete',
    path: '/incidents/{id}/judge',
    role: 'analyst',
    summary: 'Take back the judgement of an incident',
    description:
      'The votes that came with it are taken back from the members, each with an entry in its history; votes on a ' +
      'member alone stay. A signed-in analyst takes back their own.',
    params: { id },
    query: { analyst: text(256, 'Whose judgement; a signed-in analyst takes back their own.') },
    success: { status: 200, description: 'Taken back.', schemas: [incidentWithdrawnSchema] },
    problems: [404, 429],
    example: ({ incidents }) => ({
      params: { id: incidents.incidents[0].id },
      query: { analyst: 'eve' },
    }),
  },
  behaviorQuiet: {
    method: 'post',
    path: '/behavior/quiet',
    role: 'operator',
    summary: 'Announce a new rule or sensor',
    description:
      'Until then its alerts are counted and surprise nobody. Without a rule and a source it holds for the tenant.',
    body: quietRequestSchema,
    success: { status: 200, description: 'Announced to all instances.', schemas: [quietSchema] },
    example: () => ({
      body: { source: 'suricata', hours: 24, by: 'oncall', why: 'The new sensor goes live.' },
    }),
  },
});
