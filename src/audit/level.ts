import type { AuditEvent } from './event.js';

/** How much of a request its line holds, least first: none of its bodies, what was asked, and what was answered too. */
export const LEVELS = ['metadata', 'request', 'requestResponse'] as const;
export type Level = (typeof LEVELS)[number];

/** As audit lines name them. */
const NAMES = { metadata: 'Metadata', request: 'Request', requestResponse: 'RequestResponse' } as const;

/**
 * A line as an API server writes it whose policy has a lower level: without the bodies that the level leaves out. What such a server fills
 * in from bodies (name and uid in `objectRef`, the status) stays. A line that holds less already is left as it is.
 *
 * @param level `requestResponse`: as it was logged.
 * @example atLevel(event, 'metadata').requestObject // undefined
 */
export function atLevel(event: AuditEvent, level: Level): AuditEvent {
  if (level === 'requestResponse') return event;
  const { requestObject, responseObject: _, ...rest } = event;
  const less = event.level === 'Metadata' || (event.level === 'Request' && level === 'request');
  return {
    ...rest,
    ...(event.level === undefined || less ? {} : { level: NAMES[level] }),
    ...(level === 'request' && requestObject !== undefined ? { requestObject } : {}),
  };
}

/**
 * The lower of two levels: what is left of a log of one where only the other is read.
 *
 * @example lowerLevel('request', 'metadata') // 'metadata'
 */
export function lowerLevel(a: Level, b: Level): Level {
  return LEVELS[Math.min(LEVELS.indexOf(a), LEVELS.indexOf(b))]!;
}

/**
 * How a log was read, in words. Records that do not say read it as it was written.
 *
 * @example levelText('metadata') // 'read at audit level metadata'
 */
export function levelText(level: Level = 'requestResponse'): string {
  return level === 'requestResponse' ? 'read as it was written' : `read at audit level ${level}`;
}
