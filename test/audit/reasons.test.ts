import { expect, it } from 'vitest';
import { Reasons } from '../../src/audit/reasons.js';

it('counts reasons without what was found, the most frequent first', () => {
  const reasons = new Reasons();
  for (const reason of ['blank line', 'expected a verb, got 1', 'expected a verb, got 2'])
    reasons.add(reason);
  expect(String(reasons)).toBe('2 expected a verb; 1 blank line');
  expect(JSON.stringify(reasons)).toBe('{"blank line":1,"expected a verb":2}');
});

it('keeps no more kinds than it names apart, whatever the lines are', () => {
  const reasons = new Reasons();
  for (let i = 0; i < 5000; i++) reasons.add(`expected annotations[${i}] to be a text`);
  expect(reasons.total).toBe(5000);
  expect(Object.keys(reasons.toJSON()).length).toBe(1001);
  expect(String(reasons)).toMatch(/; 4994 for other reasons$/);
});
