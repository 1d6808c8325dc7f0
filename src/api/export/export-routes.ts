import { integer, key, moment } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { exportedVerdictsSchema, exportedVotesSchema } from './export.ts';

const PAGE = 500;
const MAX_PAGE = 1_000;

const paging = {
  after: key('What the page before gave as `next`.'),
  limit: integer(1, MAX_PAGE, 'Most alerts of a page.', PAGE),
};

export const EXPORT_ROUTES = defineRoutes({
  exportJudgements: {
    method: 'get',
    path: '/export/judgements',
    role: 'operator',
    summary: 'Every vote that stands on an alert',
    description:
      'Page by page, by the key of the alert, with what all votes on it amount to. It names who judged, of all tenants: ' +
      "a scorer's key, which lies in every playbook, does not open it.",
    query: paging,
    success: { status: 200, description: 'A page.', schemas: [exportedVotesSchema] },
    example: () => ({ query: { limit: '2' } }),
  },
  exportVerdicts: {
    method: 'get',
    path: '/export/verdicts',
    role: 'operator',
    summary: 'The newest logged verdict of each alert',
    description: 'Page by page, in an order that is as good as drawn: the first pages are a sample of all.',
    query: { since: moment('Scored from then on; left out, all that are kept.'), ...paging },
    success: { status: 200, description: 'A page.', schemas: [exportedVerdictsSchema] },
    example: () => ({ query: { since: '2026-01-01T00:00:00Z', limit: '2' } }),
  },
});
