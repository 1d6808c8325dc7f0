import { json, problemOf, readBody, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'feedback',
  path: 'feedback',
  methods: ['POST'],
  role: 'analyst',
  handle: async ({ request, requestId, caller, log }) => {
    const app = services();
    const text = await readBody(request, app.settings.MAX_REQUEST_BYTES);
    const answer = await app.feedback(text, { name: caller.name, verified: caller.verified }, (error) =>
      problemOf(error, requestId),
    );
    log('feedback', answer.log);
    return json(answer.body);
  },
});
