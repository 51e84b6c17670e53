import { isRecord } from '../event.js';
import type { Wrapping } from './wrapping.js';

/** Contexts, which keep of their events the triggering one alone. */
export const ownContext: Wrapping = {
  name: 'a context',
  open: ({ context, trigger, lines }) =>
    typeof context === 'string' && isRecord(trigger) && Array.isArray(lines)
      ? [
          {
            problem: {
              expected: 'an audit event',
              got: 'a context, as contexts --json prints it',
              hint: 'Name the log that it was made of; contexts diff takes contexts.',
            },
          },
        ]
      : null,
};
