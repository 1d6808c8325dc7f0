/** The longest request line that Kestrel takes. */
const MAX_LINE_BYTES = 8_192;
/** Method, two spaces, `HTTP/1.1` and the line end beside the target. */
const LINE_REST_BYTES = 16;

/**
 * Path and query by which a request is routed, or the status that Azure's front end answers without routing it: 414 for
 * a request line over 8 KB, 400 for an encoded NUL or a target that is none. `.` and `..` steps are taken, encoded ones
 * too, before any route is looked for.
 */
export function requestTarget(given: string): string | 400 | 414 {
  if (given.length + LINE_REST_BYTES > MAX_LINE_BYTES) return 414;
  const target = originForm(given);
  if (target === undefined) return 400;
  const queryAt = target.indexOf('?');
  const path = queryAt < 0 ? target : target.slice(0, queryAt);
  if (/%00/.test(path)) return 400;
  const steps = path.split('/').map((step) => step.replaceAll(/%2e/gi, '.'));
  if (!steps.some((step) => step === '.' || step === '..')) return target;
  return `${withoutDots(path.split('/'), steps)}${queryAt < 0 ? '' : target.slice(queryAt)}`;
}

function withoutDots(given: readonly string[], steps: readonly string[]): string {
  const kept: string[] = [];
  steps.forEach((step, at) => {
    const isLast = at === steps.length - 1;
    if (step === '..') kept.pop();
    if (step !== '.' && step !== '..') kept.push(given[at] as string);
    else if (isLast) kept.push('');
  });
  const path = kept.join('/');
  return path.startsWith('/') ? path : `/${path}`;
}

function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  if (!URL.canParse(target)) return undefined;
  const url = new URL(target);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.pathname + url.search : undefined;
}
