import { AlertDraft } from '../draft/alert-draft.ts';
import { FormerCollector } from './former-collector.ts';

/**
 * A draft as the build before had it: an id was unique with its tenant and product alone, and a fingerprint held neither
 * digits below the millisecond nor what the message says.
 */
export class FormerDraft extends AlertDraft {
  override readonly entities = new FormerCollector();

  override distinct(): void {}

  override idIsCounter(): void {}

  override set(...[field, value, path]: Parameters<AlertDraft['set']>): boolean {
    return field === 'id_scope' ? false : super.set(field, value, path);
  }

  override constant(...[field, value]: Parameters<AlertDraft['constant']>): void {
    if (field !== 'id_scope') super.constant(field, value);
  }
}
