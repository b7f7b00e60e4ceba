import type { EdmType } from '../../edm/edm-type.js';
import type { UndeclaredValue } from '../../store/row.js';
import { eachMember } from './json-text.js';
import { EDM_TYPE_BY_NAME, TYPE_SUFFIX } from './row-layout.js';
import { bytesIn, illFormed, isValue } from './value-text.js';

const SYSTEM = new Set(['PartitionKey', 'RowKey', 'Timestamp']);
const INTEGER = /^-?\d+$/;
const INT32 = 2 ** 31;

/**
 * The properties of a row, but for the keys, the timestamp and some names, exactly as its `minimalmetadata` text has them.
 *
 * @param table For messages.
 */
export function storedMembers(
  text: string,
  except: ReadonlySet<string>,
  table?: string,
): readonly (readonly [name: string, value: UndeclaredValue])[] {
  const types = new Map<string, EdmType | undefined>();
  const members: [name: string, from: number, to: number][] = [];
  eachMember(text, text.indexOf('{'), (name, from, to) => {
    if (name.endsWith(TYPE_SUFFIX))
      types.set(name.slice(0, -TYPE_SUFFIX.length), EDM_TYPE_BY_NAME.get(JSON.parse(text.slice(from, to))));
    else if (!name.startsWith('odata.') && !SYSTEM.has(name) && !except.has(name)) members.push([name, from, to]);
  });
  return members.flatMap(([name, from, to]) => {
    const json = text.slice(from, to);
    if (json[0] === 'n') return []; // null: selected, and absent
    const told = types.get(name);
    const value = storedValue(json, told);
    if (value === undefined) throw illFormed(name, told, table);
    return [[name, value] as const];
  });
}

/** A value; nothing where it is none of the type that is told, or of any. */
function storedValue(json: string, told: EdmType | undefined): UndeclaredValue | undefined {
  switch (json[0]) {
    case 't':
    case 'f':
      return told === undefined || told === 'Boolean' ? { type: 'Boolean', text: json } : undefined;
    case '"': {
      const text = JSON.parse(json) as string;
      if (told === 'Binary') {
        const bytes = bytesIn(text);
        return bytes && { type: told, bytes };
      }
      const type = told ?? 'String';
      return isValue(type, text) ? { type, text } : undefined;
    }
    case '{':
    case '[':
      return undefined;
    default:
      if (told === undefined) return { type: numberType(json), text: json };
      return isNumeric(told) && isValue(told, json) ? { type: told, text: json } : undefined;
  }
}

function isNumeric(type: EdmType): type is 'Double' | 'Int32' | 'Int64' {
  return type === 'Double' || type === 'Int32' || type === 'Int64';
}

/** The service writes a Double with a point or an exponent, and an Int32 without. */
function numberType(json: string): 'Double' | 'Int32' {
  const value = Number(json);
  return INTEGER.test(json) && value >= -INT32 && value < INT32 ? 'Int32' : 'Double';
}
