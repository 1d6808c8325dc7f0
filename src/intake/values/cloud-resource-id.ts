import { MAX_VALUE_LENGTH } from './defang.ts';

/**
 * The name of a cloud resource in its normal form. Azure ids compare without case and end in no slash, whether the
 * address of the management API stands before them; an assumed role of AWS is the role without the name of the session;
 * other ARNs, names of Google Cloud and plain names stay as they are.
 */
export function cloudResourceId(text: string): string | undefined {
  const trimmed = text.slice(0, MAX_VALUE_LENGTH).trim();
  if (trimmed === '') return undefined;
  const azure = azureId(trimmed);
  if (azure !== undefined) return azure;
  if (/^arn:/i.test(trimmed)) return arn(trimmed);
  return trimmed;
}

function azureId(text: string): string | undefined {
  const path = text.replace(/^https:\/\/management\.[a-z0-9.-]+(?=\/)/i, '').replace(/\?.*$/s, '');
  if (!/^\/?(?:subscriptions\/|providers\/microsoft\.|tenants\/[0-9a-f-]{36})/i.test(path)) return undefined;
  const id = path.toLowerCase().replace(/(?<!\/)\/+$/, '');
  return id.startsWith('/') ? id : `/${id}`;
}

// no assumed role, and lower case where case means nothing
const PLAIN_ARN = /^arn:[a-z-]{1,20}:(?!sts:)[a-z0-9-]{1,60}:[a-z0-9-]{0,40}:/;

function arn(text: string): string {
  if (PLAIN_ARN.test(text)) return text;
  const parts = text.split(':');
  const [, partition = '', service = '', region = '', account = ''] = parts;
  const resource = parts.slice(5).join(':');
  const role = service.toLowerCase() === 'sts' ? /^assumed-role\/([^/]+)\//.exec(resource) : null;
  const kept = role === null ? resource : `assumed-role/${role[1]}`;
  return `arn:${partition.toLowerCase()}:${service.toLowerCase()}:${region.toLowerCase()}:${account}:${kept}`;
}
