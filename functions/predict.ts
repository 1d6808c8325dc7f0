import { BatchText } from '../src/api/predict/batch-text.ts';
import { PREDICT_ROUTES } from '../src/api/predict/predict-routes.ts';
import { json, jsonText, registerRoutes } from './http.ts';
import { sentBodyOf } from './sent-body.ts';
import { services } from './services.ts';

registerRoutes(PREDICT_ROUTES, {
  predict: async ({ request, body, query, requestId, progress, log }) => {
    const answer = await services().predicting.predict(body, {
      explain: query.explain,
      similar: query.similar,
      debugMapping: query.debug === 'mapping',
      debugTiming: query.debug === 'timing',
      observe: query.observe !== 'false',
      whatIf: query.what_if,
      requestId,
      progress,
      sent: sentBodyOf(request, query.tenant),
    });
    log('predict', answer.log);
    return answer.body instanceof BatchText ? jsonText(answer.body.bytes()) : json(answer.body);
  },
});
