import type { AuditEvent } from '../audit/event.js';
import { lineText } from '../contexts/action-text.js';
import { type Context, outcomeOf } from '../contexts/context.js';
import { contextLine } from '../contexts/line.js';
import { treeOf } from '../contexts/tree.js';
import { printable } from '../errors.js';
import { columns, fold } from './fold.js';

export interface TextOptions {
  /** Columns of the terminal; `Infinity` for a pipe. */
  width: number;
  /** Whether outcomes have colours. */
  colour: boolean;
}

const GAP = '  ';
const RED = '\u001b[31m';
const FAINT = '\u001b[2m';
const PLAIN = '\u001b[0m';
const HEAD = {
  id: 'id',
  time: 'time (UTC)',
  actor: 'who',
  action: 'action',
  lines: 'lines',
  outcome: 'outcome',
  took: 'took',
};

type Cells = Record<keyof typeof HEAD, string>;

/** Columns of a terminal below which times have no milliseconds, and below which it is not said how long it took. */
const [BRIEF, BRIEFER] = [110, 90] as const;

/** What a list shows of a context, and what it is put into order by: all that is kept of one, however many lines it has. */
export interface ListRow {
  cells: Cells;
  from: string;
  trigger: { line: number };
  colour: string;
}

/** @example rows.push(listRow(context, options)) */
export function listRow(context: Context, options: TextOptions): ListRow {
  const { from, trigger } = context;
  return {
    cells: cellsOf(context, options),
    from,
    trigger: { line: trigger.line },
    colour: colourOf(context),
  };
}

/**
 * Contexts as a list: who did what when, how many lines came of it, and how it ended. On a terminal folded to its width, and a day stands
 * above its own; for a pipe a context is one line, with its day.
 *
 * @returns Lines, without line ends.
 */
export function contextList(rows: readonly ListRow[], options: TextOptions): string[] {
  const piped = options.width === Number.POSITIVE_INFINITY;
  const widest = (name: keyof Cells, most: number): number =>
    Math.min(
      most,
      rows.reduce((width, { cells }) => Math.max(width, columns(cells[name])), columns(HEAD[name])),
    );
  const widths = {
    id: widest('id', 12),
    time: widest('time', 24),
    actor: widest('actor', 28),
    action: 0,
    lines: widest('lines', 7),
    outcome: widest('outcome', 13),
    took: options.width < BRIEFER ? 0 : widest('took', 10),
  };
  const others =
    widths.id + widths.time + widths.actor + widths.lines + widths.outcome + widths.took + 6 * GAP.length;
  widths.action = Math.max(24, Math.min(widest('action', piped ? 120 : 400), options.width - others));
  const out = lay(HEAD, widths, options, FAINT);
  let day = '';
  for (const { cells, from, colour } of rows) {
    const own = from.slice(0, 10);
    if (own !== day && !piped) out.push(own);
    day = own;
    out.push(...lay(cells, widths, options, colour));
  }
  return out;
}

/** One context as a row of the list, for what comes in live. */
export function contextRow(context: Context, options: TextOptions): string[] {
  const cells = cellsOf(context, options);
  const widths = { id: 8, time: columns(cells.time), actor: 24, action: 60, lines: 5, outcome: 13, took: 8 };
  if (options.width < BRIEFER) Object.assign(widths, { actor: 16, took: 0 });
  const { action: _, ...fixed } = widths;
  const others = Object.values(fixed).reduce((sum, width) => sum + width + GAP.length, 0);
  widths.action = Math.max(24, Math.min(120, options.width - others));
  return lay(cells, widths, options, colourOf(context));
}

/**
 * One context with its lines as a tree: cause over effect, each with the time since the triggering event.
 *
 * @param told The events of its lines, by number.
 */
export function contextTree(
  context: Context,
  told: ReadonlyMap<number, AuditEvent>,
  options: TextOptions,
): string[] {
  const out = [`${context.context}  ${shown(context.text)}`];
  const start = Date.parse(context.from);
  const facts = [
    `${shown(context.actor)}${context.via === undefined ? '' : ` (through ${shown(context.via)})`}`,
    `${context.from} – ${context.to}`,
    `${context.lines.length + (context.more ?? 0)} lines`,
    outcomeText(context),
    tookText(context.milliseconds),
    `by ${context.decidedBy}`,
    ...(context.confidence === null ? [] : [`confidence ${context.confidence.toFixed(2)}`]),
    ...(context.continues === undefined ? [] : [`continues ${context.continues}`]),
  ];
  out.push(...fold(facts.join(' · '), options.width));
  if (context.incident !== undefined)
    out.push(...fold(`Nobody’s: ${shown(context.incident)}`, options.width));
  out.push('');
  for (const { line, depth, rails, reason } of treeOf(context)) {
    const event = told.get(line);
    if (!event) continue;
    const { micros, actor } = contextLine(event, line);
    const offset = `${((micros / 1000 - start) / 1000).toFixed(3)} s`.padStart(11);
    const stem =
      depth === 0
        ? ''
        : `${rails
            .slice(0, -1)
            .map((more) => (more ? '│ ' : '  '))
            .join('')}${rails.at(-1) ? '├ ' : '└ '}`;
    const code = event.responseStatus?.code;
    const ends = outcomeOf(event);
    const text = `${stem}${shown(lineText(event))}  ${shown(shortActor(actor))}${code === undefined ? '' : `  ${code}`}${depth === 0 || reason === '' ? '' : `  (${shown(reason)})`}`;
    const width = Math.max(30, options.width - 22);
    const own = `${offset}  ${String(line).padStart(7)}  `;
    fold(text, width).forEach((piece, i) => {
      const row = `${i === 0 ? own : ' '.repeat(own.length)}${piece}`;
      out.push(options.colour && (ends === 'failed' || ends === 'refused') ? `${RED}${row}${PLAIN}` : row);
    });
  }
  if (context.more) out.push(`… and ${context.more} more lines.`);
  return out;
}

function cellsOf(context: Context, { width }: TextOptions): Cells {
  const piped = width === Number.POSITIVE_INFINITY;
  return {
    id: context.context,
    time: piped ? `${context.from.slice(0, 23)}Z` : context.from.slice(11, width < BRIEF ? 19 : 23),
    actor: shown(context.actor),
    action: [
      shown(context.text),
      ...(context.incident === undefined ? [] : [shown(context.incident)]),
      ...(context.continues === undefined ? [] : [`continues ${context.continues}`]),
    ].join(' — '),
    lines: String(context.lines.length + (context.more ?? 0)),
    outcome: outcomeText(context),
    took: tookText(context.milliseconds),
  };
}

function outcomeText({ outcome, trigger }: Context): string {
  const code = trigger.responseStatus?.code;
  return outcome === 'done' || code === undefined ? outcome : `${outcome} (${code})`;
}

/** @example tookText(2300) // '2.3 s' */
function tookText(milliseconds: number): string {
  if (milliseconds < 1000) return `${milliseconds} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

const shown = (text: string): string => printable(text, 300);

/** The control plane’s accounts by their last word. */
const shortActor = (actor: string): string => actor.replace(/^system:serviceaccount:kube-system:/, '');

function colourOf({ outcome, incident, background }: Context): string {
  if (outcome === 'failed' || outcome === 'refused' || incident !== undefined) return RED;
  return background ? FAINT : '';
}

function lay(
  cells: Cells,
  widths: Record<keyof Cells, number>,
  options: TextOptions,
  colour: string,
): string[] {
  const names = (Object.keys(HEAD) as (keyof Cells)[]).filter((name) => widths[name] > 0);
  const piped = options.width === Number.POSITIVE_INFINITY;
  const folded = names.map((name) => (piped ? [cells[name]] : fold(cells[name], widths[name])));
  const height = Math.max(...folded.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) => {
    const row = names
      .map((name, k) => {
        const piece = folded[k]![i] ?? '';
        const space = ' '.repeat(Math.max(0, widths[name] - columns(piece)));
        return name === 'lines' || name === 'took' ? space + piece : piece + space;
      })
      .join(GAP)
      .trimEnd();
    return options.colour && colour !== '' ? `${colour}${row}${PLAIN}` : row;
  });
}
