import { QUALITY_ROUTES } from '../src/api/predict/predict-routes.ts';
import { unwrapEnvelope } from '../src/intake/envelope.ts';
import { qualityReportInSlices } from '../src/intake/quality.ts';
import { readPayload } from '../src/intake/read-payload.ts';
import { payloadLimits } from '../src/reading/json-limits.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

/** Alerts of one report, in batches of predict. */
const BATCHES = 10;

registerRoutes(QUALITY_ROUTES, {
  quality: async ({ body }) => {
    const { settings, now } = services();
    const maxAlerts = BATCHES * settings.MAX_BATCH_ALERTS;
    const { value } = await readPayload(body, payloadLimits(maxAlerts, settings.MAX_ALERT_BYTES));
    return json(await qualityReportInSlices(unwrapEnvelope(value, maxAlerts), { receivedAtMs: now() }));
  },
});
