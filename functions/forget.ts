import { FORGET_ROUTES } from '../src/api/feedback/feedback-routes.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(FORGET_ROUTES, {
  forget: async ({ body, caller, log }) => {
    const answer = await services().judging.forget(body.analyst);
    const { before, pseudonym } = answer;
    log('forget', { ...before, pseudonym, by: operatorOf(caller, body), why: body.why ?? '' });
    return json(answer);
  },
});
