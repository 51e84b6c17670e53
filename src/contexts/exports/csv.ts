import { csvCell } from '../../page/table.js';
import type { Context } from '../context.js';
import { redactUri } from '../redact.js';

type Cell = string | number | null | undefined;

const COLUMNS: readonly [name: string, of: (context: Context) => Cell][] = [
  ['context', ({ context }) => context],
  ['from', ({ from }) => from],
  ['to', ({ to }) => to],
  ['milliseconds', ({ milliseconds }) => milliseconds],
  ['actor', ({ actor }) => actor],
  ['via', ({ via }) => via],
  ['text', ({ text }) => text],
  ['verb', ({ trigger }) => trigger.verb],
  ['apiGroup', ({ trigger }) => trigger.objectRef?.apiGroup],
  ['resource', ({ trigger }) => trigger.objectRef?.resource],
  ['subresource', ({ trigger }) => trigger.objectRef?.subresource],
  ['namespace', ({ trigger }) => trigger.objectRef?.namespace],
  ['name', ({ trigger }) => trigger.objectRef?.name],
  ['outcome', ({ outcome }) => outcome],
  ['code', ({ trigger }) => trigger.responseStatus?.code],
  ['lines', ({ lines, more = 0 }) => lines.length + more],
  ['confidence', ({ confidence }) => confidence],
  ['background', ({ background }) => String(background)],
  ['incident', ({ incident }) => incident],
  ['sourceIP', ({ trigger }) => trigger.sourceIPs?.[0]],
  ['userAgent', ({ trigger }) => trigger.userAgent],
  ['requestURI', ({ trigger }) => redactUri(trigger.requestURI ?? '')],
  ['auditID', ({ trigger }) => trigger.auditID],
  ['decidedBy', ({ decidedBy }) => decidedBy],
];

/** The first row: the names of the columns. */
export const csvHead = (): string => rowOf(COLUMNS.map(([name]) => name));

/** A context as a row of CSV [RFC 4180]; nothing in it is run as a formula. */
export const csvRow = (context: Context): string => rowOf(COLUMNS.map(([, of]) => of(context)));

function rowOf(cells: readonly Cell[]): string {
  return `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : csvCell(String(cell ?? '')))).join(',')}\r\n`;
}
