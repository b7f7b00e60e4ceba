/** A node of a tree of conditions. */
interface Node<N> {
  readonly kind: string;
  readonly operands?: readonly N[];
}

/**
 * The operands of a junction, with those of inner junctions of the same kind in their places: `(a and b) and c` has three. Without
 * recursion, because a loop that adds to a filter makes as many levels as it has rounds.
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
