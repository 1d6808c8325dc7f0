import { defineRoutes, type Role, type Route } from '../route.ts';

/** Whether the caller may act in a role. A function each, since a key opens one function and names no role. */
const mayActAs = (role: Exclude<Role, 'anonymous'>, what: string) =>
  ({
    method: 'get',
    path: `/me/${role}`,
    role,
    summary: `May I ${what}?`,
    description:
      'Nothing is answered but the status: 204 yes, 401 without a valid key or sign-in, 403 where the signed-in ' +
      'caller lacks the role.',
    success: { status: 204, description: 'Yes.', schemas: [] },
    example: () => ({}),
  }) as const satisfies Route;

export const ME_ROUTES = defineRoutes({
  meScorer: mayActAs('scorer', 'score and read'),
  meAnalyst: mayActAs('analyst', 'judge'),
  meOperator: mayActAs('operator', 'operate'),
});
