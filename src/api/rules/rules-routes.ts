import { oneOf } from '../parameters.ts';
import { defineRoutes } from '../route.ts';
import { ruleChangeSchema, ruleSchema, ruleSettingRequestSchema, rulesAnswerSchema } from './rules.ts';

const ID = "Name of a shipped rule, id of a customer's.";

export const RULES_ROUTES = defineRoutes({
  rules: {
    method: 'get',
    path: '/rules',
    role: 'scorer',
    summary: 'The rules in force',
    description:
      'Every rule with its level, weight and hits; with `status=refused` only what could not be loaded, by file, line and column.',
    query: { status: oneOf(['all', 'enabled', 'disabled', 'refused'], 'Which rules.') },
    polled: {},
    success: { status: 200, description: 'The rules.', schemas: [rulesAnswerSchema] },
    example: () => ({ query: { status: 'refused' } }),
  },
  rule: {
    method: 'get',
    path: '/rules/{id}',
    role: 'scorer',
    summary: 'One rule',
    description: 'Level, weight, hits and what operators decided about it.',
    params: { id: ID },
    polled: {},
    success: { status: 200, description: 'The rule.', schemas: [ruleSchema] },
    problems: [404],
    example: () => ({ params: { id: 'im-shadow-copies' } }),
  },
  rulePut: {
    method: 'put',
    path: '/rules/{id}',
    role: 'operator',
    summary: 'Switch a rule off or on, or change its weight',
    description:
      'The decision is kept as a new version of one document, with who and why. What `GET` answered can be sent back with a `why`; all but `enabled`, `weight`, `why` and `by` is passed over.',
    params: { id: ID },
    body: ruleSettingRequestSchema,
    success: { status: 200, description: 'The rule as it counts now.', schemas: [ruleChangeSchema] },
    problems: [404, 409],
    example: () => ({
      params: { id: 'di-whoami' },
      body: { enabled: true, weight: 0.5, why: 'Our administrators run it all day.', by: 'oncall' },
    }),
  },
});
