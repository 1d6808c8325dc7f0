import { CRITICAL_CASES_ROUTES } from './critical-cases/critical-cases-routes.ts';
import { DOCTOR_ROUTES } from './doctor/doctor-routes.ts';
import {
  DASHBOARD_ROUTES,
  DOCUMENT_ROUTES,
  FIRST_PAGE_ROUTES,
  REFERENCE_ROUTES,
} from './documents-routes.ts';
import { EXPORT_ROUTES } from './export/export-routes.ts';
import { FEATURES_ROUTES } from './features/features-routes.ts';
import {
  FEEDBACK_ROUTES,
  FORGET_ROUTES,
  QUARANTINE_ROUTES,
  WITHDRAW_ROUTES,
} from './feedback/feedback-routes.ts';
import { DRIFT_ROUTES, HEALTH_ROUTES } from './health/health-routes.ts';
import { INCIDENT_ROUTES } from './incidents/incidents-routes.ts';
import { INTEL_ROUTES } from './intel/intel-routes.ts';
import { ME_ROUTES } from './me/me-routes.ts';
import { POLICY_ROUTES } from './policy/policy-routes.ts';
import { PREDICT_ROUTES, QUALITY_ROUTES } from './predict/predict-routes.ts';
import type { ProblemStatus } from './problem.ts';
import type { Route, RouteGroup } from './route.ts';
import { RULES_ROUTES } from './rules/rules-routes.ts';
import { SIMILAR_ROUTES } from './similar/similar-routes.ts';
import { AUDIT_ROUTES, REPLAY_ROUTES, RETRAIN_ROUTES, VERSIONS_ROUTES } from './versions/versions-routes.ts';
import { WORKLOAD_ROUTES } from './workload/workload-routes.ts';

/** Every route that the API documents describe, in their order. A new group of routes is added here. */
export const ROUTES: RouteGroup = {
  ...PREDICT_ROUTES,
  ...SIMILAR_ROUTES,
  ...INCIDENT_ROUTES,
  ...FEEDBACK_ROUTES,
  ...EXPORT_ROUTES,
  ...REPLAY_ROUTES,
  ...WITHDRAW_ROUTES,
  ...HEALTH_ROUTES,
  ...VERSIONS_ROUTES,
  ...RETRAIN_ROUTES,
  ...AUDIT_ROUTES,
  ...FEATURES_ROUTES,
  ...DRIFT_ROUTES,
  ...QUALITY_ROUTES,
  ...POLICY_ROUTES,
  ...WORKLOAD_ROUTES,
  ...CRITICAL_CASES_ROUTES,
  ...QUARANTINE_ROUTES,
  ...FORGET_ROUTES,
  ...INTEL_ROUTES,
  ...RULES_ROUTES,
  ...DOCTOR_ROUTES,
  ...ME_ROUTES,
};

/** Those routes, the documents themselves and the pages. */
export const ALL_ROUTES: RouteGroup = {
  ...ROUTES,
  ...DOCUMENT_ROUTES,
  ...FIRST_PAGE_ROUTES,
  ...DASHBOARD_ROUTES,
  ...REFERENCE_ROUTES,
};

/** Statuses of the problems that a route answers with, ascending. */
export function problemStatuses(route: Route): readonly ProblemStatus[] {
  const takesBody = route.body !== undefined || route.payload !== undefined || route.stream !== undefined;
  const guarded = route.role !== 'anonymous';
  return [
    ...new Set<ProblemStatus>([
      400,
      ...(takesBody ? ([413] as const) : []),
      ...(route.problems ?? []),
      ...(guarded ? ([401, 403, 500, 503] as const) : []),
    ]),
  ].sort((a, b) => a - b);
}
