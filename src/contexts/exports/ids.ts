import { createHash } from 'node:crypto';
import type { AuditEvent } from '../../audit/event.js';
import type { Place } from './places.js';

const hash = (parts: readonly (string | number | undefined)[], bytes: number): string =>
  createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('hex')
    .slice(0, 2 * bytes);

/** A context's id for other systems, 16 bytes in hex: the same whenever the same log is read. */
export const traceId = ({ context, auditID, actor, text }: Place): string =>
  hash(['context', context, auditID, actor, text], 16);

/** A line's id within its context, 8 bytes in hex. Clients choose auditIDs, so that the number of the line is in it. */
export const spanId = (trace: string, line: number): string => hash([trace, line], 8);

/** A line's id for other systems, 16 bytes in hex: of what the line says, and where it stands. */
export const lineId = (
  { auditID, stage, verb, requestURI, requestReceivedTimestamp }: AuditEvent,
  line: number,
): string => hash(['line', line, auditID, stage, verb, requestURI, requestReceivedTimestamp], 16);
