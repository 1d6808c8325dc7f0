import { QUALITY_ROUTES } from '../src/api/predict/predict-routes.ts';
import { unwrapEnvelope } from '../src/intake/envelope.ts';
import { parseBody } from '../src/intake/parse-body.ts';
import { qualityReport } from '../src/intake/quality.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(QUALITY_ROUTES, {
  quality: async ({ body }) => {
    const alerts = unwrapEnvelope(parseBody(body));
    return json(qualityReport(alerts, { receivedAtMs: services().now() }));
  },
});
