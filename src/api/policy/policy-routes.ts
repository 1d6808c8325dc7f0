import { flag } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { policyAnswerSchema, policyRequestSchema } from './policy.ts';

export const POLICY_ROUTES = defineRoutes({
  policy: {
    method: 'get',
    path: '/policy',
    role: 'scorer',
    summary: 'The policy in force',
    description: 'Costs, error rate of the conformal sets, audit share, critical cases.',
    polled: {},
    success: { status: 200, description: 'The policy.', schemas: [policyAnswerSchema] },
    example: () => ({}),
  },
  policyPut: {
    method: 'put',
    path: '/policy',
    role: 'operator',
    summary: 'Change the policy, or try a change',
    description:
      'With `dry_run` nothing is stored and the answer shows what would change on held-out alerts. What GET answers ' +
      'can be sent back, changed or not; the answer says what stood before.',
    query: { dry_run: flag('Present: only preview.') },
    body: policyRequestSchema,
    success: { status: 200, description: 'Stored, or previewed.', schemas: [policyAnswerSchema] },
    problems: [404, 409],
    example: ({ policy }) => ({
      query: { dry_run: 'true' },
      body: { policy: policy.document.policy, by: 'oncall', why: 'What would the built-in policy do?' },
    }),
  },
});
