import type { PaperDifference } from '../../comparison/paper-differences.js';
import type { Table } from '../../page/table.js';

const ORDER: readonly PaperDifference['verdict'][] = ['different', 'unstated', 'same'];

/** The paper's procedure beside ours, step by step: what differs first, then what is not known, then what is the same. */
export function procedureTable(differences: readonly PaperDifference[]): Table {
  const rows = ORDER.flatMap((verdict) => differences.filter((one) => one.verdict === verdict));
  return {
    caption: 'The procedure, in the paper (its text and its public code) and here',
    grouped: true,
    columns: [
      { name: 'that is' },
      { name: 'step' },
      { name: 'K8NTEXT' },
      { name: 'ours' },
      { name: 'source' },
    ],
    rows: rows.map(({ what, paper, ours, verdict, source }) => [verdict, what, paper, ours, source]),
  };
}
