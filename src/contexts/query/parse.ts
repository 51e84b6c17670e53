import type { SyntaxNode, Tree } from '@lezer/common';
import { printable } from '../../errors.js';
import { parser } from './generated/parser.js';
import { QueryError } from './query-error.js';
import { hintOfEnd, hintOfSyntax } from './syntax-hints.js';

/** What an expression may have at most. */
export const LIMITS = {
  characters: 10_000,
  /** Brackets, functions and `not` inside each other. */
  depth: 64,
  /** Comparisons and functions. */
  tests: 1000,
  setValues: 1000,
  patternCharacters: 1000,
  /** `any` and `caused`. */
  quantifiers: 16,
} as const;

/**
 * Parses an expression by the written grammar.
 *
 * @throws {QueryError} It does not follow the grammar, or is too long; with the place.
 * @example parseQuery('verb == "create"').topNode.name // 'Query'
 */
export function parseQuery(source: string): Tree {
  if (source.length > LIMITS.characters)
    throw new QueryError(
      source,
      LIMITS.characters,
      source.length,
      `expected at most ${LIMITS.characters} characters, got ${source.length}`,
      'Ask several shorter questions.',
    );
  // Before the parser builds a tree that is as deep.
  checkNesting(source);
  const tree = parser.parse(source);
  let fault: { from: number; to: number } | null = null;
  tree.iterate({
    enter: ({ type, from, to }) => {
      if (type.isError && fault === null) fault = { from, to };
      return fault === null;
    },
  });
  if (fault !== null) throw faultAt(source, fault);
  return tree;
}

function checkNesting(source: string): void {
  let depth = 0;
  const text = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\(|\)|\bnot\b|¬|!(?!=)/gs;
  let negations = 0;
  for (const { 0: token, index } of source.matchAll(text)) {
    if (token === '(') depth++;
    else if (token === ')') depth--;
    else if (token[0] !== '"' && token[0] !== "'") negations++;
    if (depth > LIMITS.depth || negations > LIMITS.tests)
      throw new QueryError(
        source,
        index,
        index + 1,
        depth > LIMITS.depth
          ? `expected brackets at most ${LIMITS.depth} deep, got more`
          : `expected at most ${LIMITS.tests} negations, got more`,
      );
  }
}

/** What stands at the place of the first fault, and what is often meant. */
function faultAt(source: string, { from }: { from: number; to: number }): QueryError {
  const at = from + (/^\s*/.exec(source.slice(from))?.[0].length ?? 0);
  if (at >= source.length)
    return new QueryError(
      source,
      source.length,
      source.length + 1,
      'expected the expression to go on, got its end',
      hintOfEnd(source),
    );
  const rest = source.slice(at);
  const token =
    /^(?:[A-Za-z_][\w.-]*|\d[\w:.+-]*|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[=<>!&|~]+|.)/su.exec(
      rest,
    )![0];
  return new QueryError(
    source,
    at,
    at + token.length,
    `expected something else than “${printable(token)}” here`,
    hintOfSyntax(source, at, token),
  );
}

/** The text of a node. */
export const textOf = (source: string, { from, to }: Pick<SyntaxNode, 'from' | 'to'>): string =>
  source.slice(from, to);

/** The children of a node, words and signs too. */
export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}
