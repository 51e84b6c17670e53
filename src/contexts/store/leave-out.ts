import { type AuditEvent, isRecord, type JsonValue } from '../../audit/event.js';
import { goJson } from '../../audit/go-json.js';

/** The annotation that says what a compact store left out of a triggering line. */
export const LEFT_OUT = 'auditweave.io/left-out';
const READS = ['get', 'list', 'watch'];

/**
 * A triggering line as a compact store keeps it: all but what nobody did. That is who owns which field of an object, which the server keeps
 * for itself, and what a read was answered, which is the cluster's state and no action. An annotation names both.
 *
 * @example leaveOut(line, event).includes('managedFields') // false, beside the annotation
 */
export function leaveOut(text: string, event: Pick<AuditEvent, 'verb' | 'objectRef'>): string {
  const answered = READS.includes(event.verb) && event.objectRef?.subresource !== 'exec';
  if (!text.includes('"managedFields"') && !(answered && text.includes('"responseObject"'))) return text;
  const line = JSON.parse(text) as { [key: string]: JsonValue };
  const gone: string[] = [];
  if (answered && line.responseObject !== undefined && !isStatus(line.responseObject)) {
    delete line.responseObject;
    gone.push('responseObject');
  }
  for (const key of ['requestObject', 'responseObject'])
    if (withoutManagers(line[key])) gone.push(`${key}.managedFields`);
  if (gone.length === 0) return text;
  line.annotations = {
    ...(isRecord(line.annotations) ? (line.annotations as { [key: string]: JsonValue }) : {}),
    [LEFT_OUT]: gone.join(' '),
  };
  return goJson(line);
}

/** A refusal says why. */
const isStatus = (body: JsonValue): boolean => isRecord(body) && body.kind === 'Status';

function withoutManagers(body: JsonValue | undefined): boolean {
  if (!isRecord(body)) return false;
  let found = false;
  for (const item of [body, ...(Array.isArray(body.items) ? body.items : [])]) {
    const metadata = isRecord(item) ? item.metadata : undefined;
    if (!isRecord(metadata) || metadata.managedFields === undefined) continue;
    delete metadata.managedFields;
    found = true;
  }
  return found;
}
