import { isFunctionDisabled } from '../src/api/health/retrain-schedule.ts';
import { App } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

let app: App | undefined;

/**
 * The application, made on the first call and shared by every function of this process. Settings are read here and
 * not while the module loads: a wrong setting must answer 500 with its name, not leave a host without functions.
 *
 * @throws AlertforestError CONFIG_INVALID on every call until the settings are right
 */
export function services(): App {
  app ??= new App(readConfig(process.env), {
    instanceId: process.env['WEBSITE_INSTANCE_ID']?.slice(0, 32),
    isTimerDisabled: isFunctionDisabled('retrainHourly', process.env),
  });
  return app;
}

/** The application if any call has made it; for hooks that must not make it. */
export function existingServices(): App | undefined {
  return app;
}
