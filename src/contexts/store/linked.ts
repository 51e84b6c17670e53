import { isRecord, type JsonValue } from '../../audit/event.js';
import { goJson } from '../../audit/go-json.js';
import { contextId } from '../context.js';
import type { StoredLine } from './read-part.js';

/** The annotations that say which context a line has, and the number of the line that caused it. */
export const LINKS = { context: 'auditweave.io/context', cause: 'auditweave.io/cause' } as const;

/** A line, the number of its context or null, and of the line that caused it where that is known. */
export type LinkedLine = Pick<StoredLine, 'text' | 'context' | 'cause'>;

/**
 * A line with its link: what it says is unchanged but for two more annotations at its end.
 *
 * @example linked({ text: '{"verb":"get"}', context: 3, cause: null, … }) // '{"verb":"get","annotations":{"auditweave.io/context":"c3"}}'
 */
export function linked({ text, context, cause }: LinkedLine): string {
  if (context === null) return text;
  const links = {
    [LINKS.context]: contextId(context),
    ...(cause === null ? {} : { [LINKS.cause]: String(cause) }),
  };
  const added = goJson(links).slice(1, -1);
  const event = JSON.parse(text) as { [key: string]: JsonValue };
  const { annotations } = event;
  if (annotations === undefined && text.endsWith('}'))
    return `${text.slice(0, -1)},"annotations":{${added}}}`;
  const last = Object.keys(event).at(-1) === 'annotations' && isRecord(annotations);
  if (last && text.endsWith('"}}')) return `${text.slice(0, -2)},${added}}}`;
  return goJson({ ...event, annotations: { ...(isRecord(annotations) ? annotations : {}), ...links } });
}
