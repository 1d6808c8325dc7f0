import { ALERT_KEY } from '../src/alert/alert.ts';
import { FEEDBACK_ROUTES, WITHDRAW_ROUTES } from '../src/api/feedback/feedback-routes.ts';
import { AlertforestError } from '../src/errors.ts';
import { json, registerRoutes } from './http.ts';
import { sentBodyOf } from './sent-body.ts';
import { services } from './services.ts';

registerRoutes(FEEDBACK_ROUTES, {
  feedback: async ({ request, body, query, requestId, caller, progress, log }) => {
    const sender = { name: caller.name, verified: caller.verified };
    const answer = await services().judging.feedback(body, sender, {
      requestId,
      progress,
      sent: sentBodyOf(request, query.tenant),
      debugMapping: query.debug === 'mapping',
    });
    log('feedback', answer.log);
    return json(answer.body);
  },
  feedbackStanding: async ({ query }) => {
    const { alert_key: alertKey, alert_id: alertId, tenant, source } = query;
    if ((alertKey === undefined) === (alertId === undefined)) {
      throw new AlertforestError('REQUEST_INVALID', 'Expected one of `alert_key` and `alert_id`.', {
        issues: [{ path: 'alert_id', message: 'Expected the id or the key of one alert.' }],
      });
    }
    if (alertKey !== undefined && !ALERT_KEY.test(alertKey)) {
      throw new AlertforestError('REQUEST_INVALID', 'Expected `alert_key` of 32 hex digits.', {
        issues: [{ path: 'alert_key', message: 'Expected 32 hex digits.' }],
      });
    }
    return json(await services().judging.standingFeedback({ alertKey, alertId, tenant, source }));
  },
});

registerRoutes(WITHDRAW_ROUTES, {
  feedbackWithdraw: async ({ params, query, caller, log }) => {
    const result = await services().judging.withdrawFeedback(params.alertKey, query.analyst, caller);
    log('feedback_withdrawn', { alertKey: result.alert_key, pending: result.pending });
    return json(result);
  },
});
