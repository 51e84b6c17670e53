import { expect, it } from 'vitest';
import { type Compared, errorsByRule } from '../../../src/collect/propagation/against-rules.js';

const line = (
  how: string,
  rule: string,
  named: number,
  more: { disputed?: boolean; roots?: number[] } = {},
): Compared => ({
  truth: {
    how,
    trigger: false,
    label: [1, 2, 3, 4, 5],
    background: how === 'clock',
    roots: more.roots ?? [0],
  },
  trigger: 0,
  rules: { how: rule, trigger: named, background: rule === 'background', disputed: more.disputed ?? false },
  label: named === 0 || named === 8 ? '1,2,3,4,5' : '9,9,9,9,9',
});

it('counts by rule what attribution gets right, and several causes and nobody’s apart', () => {
  const errors = errorsByRule([
    line('direct', 'direct', 0),
    line('unfollowed', 'owned', 3),
    line('propagated', 'owned', 0),
    line('propagated', 'owned', 8, { disputed: true }),
    line('propagated', 'background', 4),
    line('several', 'targets', 7, { roots: [0, 7] }),
    line('clock', 'owned', 2),
  ]);
  const zero = {
    lines: 0,
    right: 0,
    label: 0,
    another: 0,
    taken: 0,
    several: 0,
    among: 0,
    last: 0,
    nobody: 0,
    given: 0,
  };
  expect(errors).toEqual([
    {
      ...zero,
      rule: 'all',
      lines: 3,
      right: 1,
      label: 2,
      another: 1,
      taken: 1,
      several: 1,
      among: 1,
      nobody: 1,
      given: 1,
    },
    { ...zero, rule: 'disputed', lines: 1, label: 1, another: 1 },
    {
      ...zero,
      rule: 'undisputed',
      lines: 2,
      right: 1,
      label: 1,
      taken: 1,
      several: 1,
      among: 1,
      nobody: 1,
      given: 1,
    },
    { ...zero, rule: 'owned', lines: 2, right: 1, label: 2, another: 1, nobody: 1, given: 1 },
    { ...zero, rule: 'background', lines: 1, taken: 1 },
    { ...zero, rule: 'targets', several: 1, among: 1 },
  ]);
});
