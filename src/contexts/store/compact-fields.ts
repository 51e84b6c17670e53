import { AuditweaveError } from '../../errors.js';
import type { Field } from '../query/fields.js';
import type { Query } from '../query/tree.js';

/**
 * Refuses to ask lines that were caused for what a compact store does not keep of them.
 *
 * @param below Whether the expression is about lines.
 * @throws {AuditweaveError} It asks for such a field.
 */
export function checkCompact(query: Query, below = false): void {
  const check = (field: Field): void => {
    if (below && !field.compact)
      throw new AuditweaveError(
        `query: expected a field that a compact store keeps of caused lines, got ${field.name}.`,
        { hint: 'Ask a store that was written with --keep raw or --keep foreground.' },
      );
  };
  switch (query.kind) {
    case 'all':
      return;
    case 'and':
    case 'or':
      for (const part of query.parts) checkCompact(part, below);
      return;
    case 'not':
      checkCompact(query.part, below);
      return;
    case 'any':
    case 'caused':
      checkCompact(query.part, true);
      return;
    case 'fields':
      check(query.other);
  }
  check(query.field);
}
