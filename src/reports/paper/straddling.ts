import { pointName } from '../../comparison/setting-names.js';
import { type StraddlingRecord, straddlingOrder, straddlingScores } from '../../comparison/straddling.js';
import { type Html, html } from '../../page/html.js';
import { renderTable, type Table, type TableCell } from '../../page/table.js';
import { count, percent, score, signed } from '../format.js';
import { number } from '../study/tables/scores.js';
import type { FoundStudy } from './studies.js';

/** How much of each split's test part goes on with contexts of which training or validation has other lines, and what models score there. */
export function straddlingTable(record: StraddlingRecord, studies: readonly FoundStudy[]): Table {
  const cell = (value: number | null): TableCell =>
    value === null ? { text: '–', value: '' } : { text: score(value), value };
  return {
    caption: `Test lines in contexts of which training or validation has other lines; ${record.dataset.name}, ${record.dataset.selection}`,
    grouped: true,
    columns: [
      { name: 'split' },
      { name: 'value' },
      number('test lines'),
      number('in contexts that straddle'),
      number('exact match by line'),
      number('strict macro F1 by line'),
    ],
    rows: straddlingScores(record, byFolder(studies)).map(
      ({ study, protocol, point, of, straddling: { share, lines, contexts }, exactMatch, strict }) => [
        `${study}, ${protocol}`,
        pointName(point),
        { text: count(of), value: of },
        { text: percent(share), value: share, note: `${count(lines)} lines of ${count(contexts)} contexts` },
        cell(exactMatch),
        cell(strict),
      ],
    ),
  };
}

/** What is said beside the table: how far the share orders the scores of a study whose points differ in it. */
export function straddlingSection(
  record: StraddlingRecord,
  studies: readonly FoundStudy[],
  table: Table,
): Html {
  const said = straddlingOrder(straddlingScores(record, byFolder(studies))).map(
    ({ study, protocol, least, most, exactMatch, strict, points }) =>
      html`<li>${study}, <strong>${protocol}</strong>: from ${percent(least)} to ${percent(most)} of the test lines; rank correlation (Spearman) with exact
match by line ${signed(exactMatch, 2)}, with strict macro F1 by line ${signed(strict, 2)}, ${count(points)} values.</li>`,
  );
  return html`<p>A split that shares no line may still cut contexts in two: what a command began before the cut goes on after it, and training has
seen how it began. The study <code>purged</code> leaves such contexts and a gap out; what that costs stands in its report.</p>
${said.length > 0 ? html`<ul class="findings">${said}</ul>` : null}
${renderTable(table, { tall: table.rows.length > 24 })}`;
}

const byFolder = (studies: readonly FoundStudy[]): Map<string, FoundStudy['view']> =>
  new Map(studies.map(({ folder, view }) => [folder, view]));
