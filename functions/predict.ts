import { parseExplain } from '../src/api/predict-service.ts';
import { json, problemOf, readBody, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'predict',
  path: 'predict',
  methods: ['POST'],
  role: 'scorer',
  handle: async ({ request, requestId, log }) => {
    const app = services();
    const text = await readBody(request, app.settings.MAX_REQUEST_BYTES);
    const answer = await app.predict(text, {
      explain: parseExplain(request.query.get('explain')),
      debugMapping: request.query.get('debug') === 'mapping',
      problemOf: (error) => problemOf(error, requestId),
    });
    log('predict', answer.log);
    return json(answer.body);
  },
});
