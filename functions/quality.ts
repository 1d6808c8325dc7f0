import { QUALITY_ROUTES } from '../src/api/predict/predict-routes.ts';
import { unwrapInSlices } from '../src/intake/envelope/unwrap-envelope.ts';
import { qualityReportInSlices } from '../src/intake/quality.ts';
import { readPayload } from '../src/intake/read-payload.ts';
import { payloadLimits } from '../src/reading/json-limits.ts';
import { json, registerRoutes } from './http.ts';
import { sentBodyOf } from './sent-body.ts';
import { services } from './services.ts';

/** Alerts of one report, in batches of predict. */
const BATCHES = 10;

registerRoutes(QUALITY_ROUTES, {
  quality: async ({ request, body, query }) => {
    const { settings, now } = services();
    const { tenant } = sentBodyOf(request, query.tenant);
    const maxAlerts = BATCHES * settings.MAX_BATCH_ALERTS;
    const { value } = await readPayload(body, payloadLimits(maxAlerts, settings.MAX_ALERT_BYTES));
    return json(
      await qualityReportInSlices(await unwrapInSlices(value, maxAlerts), {
        receivedAtMs: now(),
        ...(tenant === undefined ? {} : { tenant }),
      }),
    );
  },
});
