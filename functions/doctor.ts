import { DOCTOR_ROUTES } from '../src/api/doctor/doctor-routes.ts';
import { wireFindings, wireMended } from '../src/api/doctor/findings.ts';
import { json, registerRoutes } from './http.ts';
import { operatorOf } from './roles.ts';
import { services } from './services.ts';

registerRoutes(DOCTOR_ROUTES, {
  doctor: async () => json(wireFindings(await services().doctor({ fix: false }))),
  doctorFix: async ({ body, caller, log }) => {
    const answer = wireMended(await services().doctor({ fix: true }));
    const { before, after } = answer;
    log('doctor_fix', { before, after, by: operatorOf(caller, body), why: body.why ?? '' });
    return json(answer);
  },
});
