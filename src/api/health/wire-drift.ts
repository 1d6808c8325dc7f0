import type { z } from 'zod';
import type { DriftReport } from '../../monitoring/drift-monitor.ts';
import { roundTo } from '../rounding.ts';
import type { driftSchema } from './drift.ts';

export function wireDrift(report: DriftReport): z.infer<typeof driftSchema> {
  return {
    status: report.status,
    detail: report.detail,
    window_alerts: report.windowAlerts,
    baseline_alerts: report.baselineAlerts,
    measures: report.measures.map((measure) => ({ ...measure, psi: roundTo(measure.psi, 3) })),
  };
}
