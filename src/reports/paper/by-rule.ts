import type { BaselinesByRule } from '../../comparison/by-rule.js';
import type { Table } from '../../page/table.js';
import { count, score } from '../format.js';
import { number } from '../study/tables/scores.js';

/** How often the nearest-change rule is right, by the rule that found the truth of a line. */
export function byRuleTable({ dataset, protocols }: BaselinesByRule): Table {
  const rows = protocols.flatMap(({ protocol, rules }) =>
    rules.map(({ rule, lines, nearest, own }) => [
      `${protocol} protocol`,
      rule,
      { text: count(lines), value: lines },
      { text: score(nearest), value: nearest },
      { text: score(own), value: own },
    ]),
  );
  return {
    caption: `Share of test lines labelled right by two baselines, by the rule that found the line’s truth; ${dataset.name}, ${dataset.selection}`,
    grouped: true,
    columns: [
      { name: 'protocol' },
      { name: 'rule of the truth', kind: 'code' },
      number('test lines'),
      number('nearest earlier user action'),
      number('own action'),
    ],
    rows,
  };
}
