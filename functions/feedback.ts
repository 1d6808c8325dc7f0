import { FEEDBACK_ROUTES } from '../src/api/feedback/feedback-routes.ts';
import { json, registerRoutes } from './http.ts';
import { services } from './services.ts';

registerRoutes(FEEDBACK_ROUTES, {
  feedback: async ({ body, requestId, caller, progress, log }) => {
    const sender = { name: caller.name, verified: caller.verified };
    const answer = await services().feedback(body, sender, { requestId, progress });
    log('feedback', answer.log);
    return json(answer.body);
  },
});
