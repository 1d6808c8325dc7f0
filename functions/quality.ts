import { json, readBody, registerRoute } from './http.ts';
import { services } from './services.ts';

registerRoute({
  name: 'quality',
  path: 'quality',
  methods: ['POST'],
  role: 'scorer',
  handle: async ({ request }) => {
    const app = services();
    return json(app.quality(await readBody(request, app.settings.MAX_REQUEST_BYTES)));
  },
});
