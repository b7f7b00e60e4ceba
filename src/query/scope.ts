import { ALL_KEYS, keysFrom, onlyKey } from '../filter/key-range.js';
import type { KnownParts } from '../filter/key-parts.js';
import type { EntityMetadata } from '../metadata/entity-metadata.js';
import { parseKey, partText, type KeyTemplate } from '../metadata/key-template.js';
import type { KeyRange } from '../store/table-store.js';

/** The keys that a class's rows can have in one partition, or in all. */
export interface Scope {
  readonly partitionKey: KeyRange;
  readonly rowKey: KeyRange;
  /** What the partition tells of the parts of the partition key. */
  readonly known: KnownParts;
}

/** The keys of one partition, or of the whole table, that the templates of a class yield. */
export function scopeOf({ partitionKey, rowKey }: EntityMetadata, partition: string | undefined): Scope {
  return {
    partitionKey: partition === undefined ? keysOf(partitionKey) : onlyKey(partition),
    rowKey: keysOf(rowKey),
    known: partition === undefined ? new Map() : knownParts(partitionKey, partition),
  };
}

/** A template that begins with a literal yields keys of one range. */
function keysOf({ literals, parts }: KeyTemplate): KeyRange {
  const [head] = literals;
  if (head === undefined) return ALL_KEYS;
  return parts.length === 0 ? onlyKey(head) : keysFrom(head);
}

function knownParts(template: KeyTemplate, key: string): KnownParts {
  const values = parseKey(template, key);
  return new Map([[template, values.map((value, index) => partText(template, index, value))]]);
}
