import type { EntityMetadata, Member } from '../metadata/entity-metadata.js';
import { unknownProperty } from '../metadata/unknown-property.js';
import { TIMESTAMP, type RowReader, type Slot } from '../store/row.js';
import { memberStep, takeSteps } from './entity-decoder.js';
import type { Projector } from './entity-rows.js';

/** How some properties of a class are read: what is asked of the store is what they need, and nothing else. */
export function projector(metadata: EntityMetadata, names: readonly string[]): Projector {
  const members = [...new Set(names)].map((name) => memberOf(metadata, name));
  const steps = members.map((member) => memberStep(metadata, member));
  return {
    request: { select: Object.freeze(members.flatMap(slotsOf)), etag: members.some(({ kind }) => kind === 'etag') },
    decode(row: RowReader): object {
      const projection: Record<string, unknown> = {};
      takeSteps(steps, projection, row);
      return projection;
    },
  };
}

/** What a member needs beside the keys, which can always be read. */
function slotsOf(member: Member): readonly Slot[] {
  switch (member.kind) {
    case 'property':
      return [member.property.slot];
    case 'timestamp':
      return [TIMESTAMP];
    default:
      return [];
  }
}

function memberOf(metadata: EntityMetadata, name: string): Member {
  const member = metadata.members.get(name);
  if (member === undefined) throw unknownProperty(metadata, name, [...metadata.members.keys()]);
  return member;
}
