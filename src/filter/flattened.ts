/** A node in a tree of conditions. */
interface Node<N> {
  readonly kind: string;
  readonly operands?: readonly N[];
}

/**
 * Returns the operands of a junction, in which inner junctions of the same kind are replaced by their own operands:
 * `(a and b) and c` has three. Not recursive, because a loop that adds to a filter creates one level per iteration.
 */
export function flattened<N extends { readonly kind: string }>(junction: {
  readonly kind: string;
  readonly operands: readonly N[];
}): readonly N[] {
  const { kind } = junction;
  const flat: N[] = [];
  const waiting = [...junction.operands].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { operands } = next as Node<N>;
    if (next.kind !== kind || operands === undefined) flat.push(next);
    else for (let index = operands.length - 1; index >= 0; index--) waiting.push(operands[index]!);
  }
  return flat;
}
