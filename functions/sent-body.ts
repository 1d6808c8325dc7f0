import type { HttpRequest } from '@azure/functions';
import { senderName } from '../src/api/predict/sender-counts.ts';
import { AlertforestError } from '../src/errors.ts';
import type { SentBody } from '../src/intake/body/sent-body.ts';

const MAX_TENANT_LENGTH = 128;

/**
 * What a request says about its body: the content-type, the program that sends, and the customer by `?tenant=` or `x-alertforest-tenant`; the
 * parameter wins.
 *
 * @throws AlertforestError REQUEST_INVALID for a tenant that is empty or too long
 */
export function sentBodyOf(request: HttpRequest, queried: string | undefined): SentBody {
  const tenant = queried ?? request.headers.get('x-alertforest-tenant') ?? undefined;
  if (tenant !== undefined && (tenant.trim() === '' || tenant.length > MAX_TENANT_LENGTH)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected \`tenant\` of 1 to ${MAX_TENANT_LENGTH} characters, got ${tenant.length}.`,
      { issues: [{ path: 'tenant', message: `Expected 1 to ${MAX_TENANT_LENGTH} characters.` }] },
    );
  }
  return {
    contentType: request.headers.get('content-type') ?? undefined,
    tenant,
    sender: senderName(request.headers.get('user-agent') ?? undefined),
  };
}
