import { AuditweaveError } from '../errors.js';
import type { Reasons } from './reasons.js';

/**
 * What is said where a log has no audit event.
 *
 * @param told What was expected of what, without its end.
 * @param reasons Why its lines were skipped.
 * @example noEvents('label: expected audit events, got none in 3 lines', reasons)
 */
export function noEvents(told: string, reasons: Reasons): AuditweaveError {
  return new AuditweaveError(`${told}${reasons.total > 0 ? `: ${reasons}` : ''}.`, {
    hint: 'Name a log that the API server writes to --audit-log-path, or an export of it.',
  });
}
