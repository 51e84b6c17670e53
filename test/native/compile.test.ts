import { describe, expect, it } from 'vitest';
import { explainCompiler } from '../../src/native/compile.js';

const WHAT = 'the binding between Node and TensorFlow';
const ended = { code: 1, signal: null, stdout: '', stderr: '', missing: false };

describe('explainCompiler', () => {
  it('says that the disk is full', () => {
    const stderr = 'fatal error: error writing to a.s: No space left on device';
    expect(explainCompiler({ ...ended, stderr }, 'g++', WHAT).message).toBe(
      'native: could not store the binding between Node and TensorFlow: the disk is full.',
    );
  });

  it('tells a signal', () => {
    expect(explainCompiler({ ...ended, code: null, signal: 'SIGKILL' }, 'g++', WHAT).message).toBe(
      'native: g++ could not build the binding between Node and TensorFlow: it ended with SIGKILL.',
    );
  });
});
