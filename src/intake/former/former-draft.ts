import { AlertDraft } from '../draft/alert-draft.ts';
import { FormerCollector } from './former-collector.ts';

/**
 * A draft as the build before had it: an id was unique with its tenant and product alone, and a fingerprint held neither
 * digits below the millisecond nor what the message says.
 */
// Fields of known formats that are read since.
const READ_SINCE = /^extension\.(source|destination)(Address|HostName|UserName)$|^process_hash$/;

export class FormerDraft extends AlertDraft {
  override readonly entities = new FormerCollector();

  override entity(...[kind, value, path, role]: Parameters<AlertDraft['entity']>): void {
    if (!READ_SINCE.test(path)) super.entity(kind, value, path, role);
  }

  override setTime(...[field, value, path]: Parameters<AlertDraft['setTime']>): boolean {
    // of a header only ISO 8601 was read
    if (path === 'syslog_time' && typeof value === 'string' && !/^\d{4}-\d\d-\d\dT/.test(value)) return false;
    return super.setTime(field, value, path);
  }

  override distinct(): void {}

  override idIsCounter(): void {}

  override set(...[field, value, path]: Parameters<AlertDraft['set']>): boolean {
    return field === 'id_scope' ? false : super.set(field, value, path);
  }

  override constant(...[field, value]: Parameters<AlertDraft['constant']>): void {
    if (field !== 'id_scope') super.constant(field, value);
  }
}
