import { describe, expect, it } from 'vitest';
import { progressOf } from '../../src/studies/engines/local.js';
import { Estimate } from '../../src/studies/estimate.js';
import type { Trial } from '../../src/studies/expand.js';
import { StudyProgress } from '../../src/studies/progress.js';

const trial = (key: string): Trial =>
  ({ key, label: `window.size=${key}`, protocol: 'blocked', run: 0, settings: {} }) as Trial;

/** Progress of three trials of 100 seconds each, two at once, at a clock of one's own. */
function watched() {
  const trials = ['5', '10', '60'].map(trial);
  const clock = { seconds: 0 };
  const said: string[] = [];
  const estimate = new Estimate(100, trials);
  estimate.seconds = () => 100;
  const progress = new StudyProgress('sizes', {
    trials,
    estimate,
    workers: 2,
    sink: { write: (text: string) => said.push(text) },
    interval: 0,
    now: () => 1000 * clock.seconds,
  });
  return { progress, clock, last: () => said.at(-1), trials };
}

describe('the progress of a study', () => {
  it('shows each running trial with its epoch and loss', () => {
    const { progress, last, trials } = watched();
    progress.start(trials[0]!, 'here');
    progress.start(trials[1]!, 'here');
    progress.advance('5', { epoch: 1, epochs: 4, loss: 0.25 });
    expect(last()).toBe(
      'sizes: 0/3 trials 0 % · about 2 min 18 s left · window.size=5 blocked run 1: epoch 2/4, loss 0.25000 · window.size=10 blocked run 1: epoch 1\n',
    );
    progress.advance('5', { epoch: 4, epochs: 4, loss: 0.125 });
    expect(last()).toContain('window.size=5 blocked run 1: scoring, loss 0.12500');
    progress.done();
  });

  it('moves while trials say nothing, and never says that no time is left while they run', () => {
    const { progress, clock, last, trials } = watched();
    progress.start(trials[0]!, 'here');
    expect(last()).toContain('about 2 min 30 s left');
    clock.seconds = 60;
    progress.advance('5', { epoch: 0, epochs: 4 });
    expect(last()).toContain('about 2 min 30 s left');
    clock.seconds = 90;
    progress.advance('5', { epoch: 0, epochs: 4 });
    expect(last()).toContain('about 2 min 15 s left');
    progress.end('10', true);
    progress.end('60', true);
    clock.seconds = 1000;
    progress.advance('5', { epoch: 0, epochs: 4 });
    expect(last()).toContain('2/3 trials 66 % · should be done soon · window.size=5');
    progress.done();
    expect(last()).toBe('sizes: 2/3 trials 66 % · in 16 min 40 s\n');
  });
});

describe('progressOf', () => {
  it('reads what a trial tells, and nothing else', () => {
    expect(progressOf('{"epoch":2,"epochs":5,"loss":0.5}')).toEqual({ epoch: 2, epochs: 5, loss: 0.5 });
    expect(progressOf('{"epoch":2,"epochs":5}')).toEqual({ epoch: 2, epochs: 5 });
    for (const line of ['', 'no', '{"key":"a"}', 'null']) expect(progressOf(line)).toBeNull();
  });
});
