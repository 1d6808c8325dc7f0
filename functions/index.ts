import { setFlagsFromString } from 'node:v8';
import { app } from '@azure/functions';
import './audit.ts';
import './critical-cases.ts';
import './dashboard.ts';
import './doctor.ts';
import './drift.ts';
import './export.ts';
import './features.ts';
import './feedback.ts';
import './first-page.ts';
import './forget.ts';
import './health.ts';
import './incidents.ts';
import './intel.ts';
import './me.ts';
import './openapi.ts';
import './policy.ts';
import './predict.ts';
import './quality.ts';
import './quarantine.ts';
import './reference.ts';
import './retrain.ts';
import './rules.ts';
import './similar.ts';
import './versions.ts';
import './workload.ts';
import { existingServices, services } from './services.ts';
import { GracefulStop } from './stop.ts';
import { V8_FLAGS } from './v8-flags.ts';

for (const flag of V8_FLAGS) setFlagsFromString(flag);

// Without streaming, chunked request bodies arrive empty.
app.setup({ enableHttpStream: true });

app.hook.appStart(() => {
  try {
    void services().warmUp();
  } catch (error) {
    // A wrong setting must not leave a host without functions: every route will answer with its name.
    console.error(JSON.stringify({ event: 'error', message: String(error) }));
  }
});

const stopping = new GracefulStop({
  service: existingServices,
  exit: (code) => process.exit(code),
  writeLine: console.log,
});
app.hook.preInvocation(() => stopping.began());
app.hook.postInvocation(() => stopping.ended());
app.hook.appTerminate(() => stopping.close());
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stopping.stop(signal));
