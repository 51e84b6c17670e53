import { POVERTIES, type Poverty, povertyOf } from '../audit/poverty.js';
import type { LogLine } from '../audit/read.js';
import { Reasons } from '../audit/reasons.js';
import type { LabelRow } from '../labeling/labeler.js';

/** What happened to the lines of a log. */
export class LabelSummary {
  lines = 0;
  /** Lines that are audit events. */
  events = 0;
  labelled = 0;
  skipped = 0;
  /** Lines that could not be read, with `--skip-invalid`. */
  invalid = 0;
  /** Lines labelled by themselves, for their time does not fit. */
  outOfTime = 0;
  seconds = 0;
  /** Skipped lines by reason. */
  readonly reasons = new Reasons();
  /** Kinds of lines that say less than they could, and that the model was trained on as well. */
  known: ReadonlySet<Poverty> = new Set();
  /** Events that say less than they could, by kind. */
  readonly poor = new Map<Poverty, number>();

  /** Counts a line that was read. */
  read({ event, invalid, lacks }: LogLine): void {
    this.lines++;
    if (invalid) this.invalid++;
    if (!event) return;
    this.events++;
    for (const kind of [povertyOf(event), lacks])
      if (kind) this.poor.set(kind, (this.poor.get(kind) ?? 0) + 1);
  }

  /** Counts a row that is given. */
  gave({ label, skipped, outOfTime }: LabelRow): void {
    if (outOfTime) this.outOfTime++;
    if (label) {
      this.labelled++;
      return;
    }
    this.skipped++;
    this.reasons.add(skipped ?? '');
  }

  toJSON(): Record<string, unknown> {
    const { poor, known: _, ...rest } = this;
    return { ...rest, poor: Object.fromEntries(poor) };
  }

  /** What happened, for people; a line each. */
  toString(): string {
    const { lines, labelled, skipped, invalid, events, outOfTime } = this;
    const unread = invalid > 0 ? `, ${invalid} of them could not be read` : '';
    const told = [`${lines} lines: ${labelled} labelled, ${skipped} skipped${unread}.`];
    if (skipped > 0) told.push(`Skipped: ${this.reasons}.`);
    if (outOfTime > 0)
      told.push(
        `${outOfTime} of ${labelled} labelled lines were labelled by themselves: their times do not fit those around them.`,
      );
    for (const [kind, count] of this.poor)
      told.push(
        `${count} of ${events} events have ${POVERTIES[kind]}: ${this.known.has(kind) ? 'the model was trained on such lines too' : 'a model that learned from more knows less of them'}.`,
      );
    return told.join('\n');
  }
}
