import type { AuditEvent } from './event.js';

/** Which stages count as lines. `completed`: every stage but RequestReceived, and no ResponseStarted of a watch. */
export type LineSelection = 'completed' | 'all';
/** Which lines are left out. `paper`: those that are no API call on a resource [K8NTEXT, §5.3]. */
export type LineFilter = 'paper' | 'none';

export interface SelectionOptions {
  lines: LineSelection;
  filter: LineFilter;
}

const NOT_A_RESOURCE = /^\/(readyz|livez|healthz|version|openapi\/v[23]|api|apis)(\/?$|[/?])/;
const RESOURCE_PATH = /^\/(api\/[^/]+|apis\/[^/]+\/[^/]+)\/[^?]/;

/**
 * Why a line is left out, or null when it counts.
 *
 * @example skipReason(event, { lines: 'completed', filter: 'paper' }) // 'stage RequestReceived'
 */
export function skipReason(event: AuditEvent, { lines, filter }: SelectionOptions): string | null {
  // HTTP’s OPTIONS on a resource: no action of the API, and so none of the labels.
  if (event.verb === '') return 'no verb (OPTIONS)';
  if (lines === 'completed') {
    if (event.stage === 'RequestReceived') return 'stage RequestReceived';
    if (event.stage === 'ResponseStarted' && event.verb === 'watch')
      return 'stage ResponseStarted of a watch';
  }
  if (filter === 'paper') {
    if (!event.objectRef?.resource) return 'no objectRef';
    const path = event.requestURI ?? '';
    if (NOT_A_RESOURCE.test(path) && !RESOURCE_PATH.test(path)) return 'health check or discovery';
    if (event.stage === 'ResponseStarted' && event.verb === 'watch')
      return 'stage ResponseStarted of a watch';
  }
  return null;
}
