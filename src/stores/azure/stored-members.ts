import type { EdmType } from '../../edm/edm-type.js';
import type { UndeclaredValue } from '../../store/row.js';
import { eachMember } from './json-text.js';
import { EDM_TYPE_BY_NAME, TYPE_SUFFIX } from './row-layout.js';

const SYSTEM = new Set(['PartitionKey', 'RowKey', 'Timestamp']);
const INTEGER = /^-?\d+$/;
const INT32 = 2 ** 31;

/** The properties of a row, but for the keys, the timestamp and some names, exactly as its `minimalmetadata` text has them. */
export function storedMembers(
  text: string,
  except: ReadonlySet<string>,
): readonly (readonly [name: string, value: UndeclaredValue])[] {
  const types = new Map<string, EdmType | undefined>();
  const members: [name: string, from: number, to: number][] = [];
  eachMember(text, text.indexOf('{'), (name, from, to) => {
    if (name.endsWith(TYPE_SUFFIX))
      types.set(name.slice(0, -TYPE_SUFFIX.length), EDM_TYPE_BY_NAME.get(JSON.parse(text.slice(from, to))));
    else if (!name.startsWith('odata.') && !SYSTEM.has(name) && !except.has(name)) members.push([name, from, to]);
  });
  return members.flatMap(([name, from, to]) => {
    const value = storedValue(text.slice(from, to), types.get(name));
    return value === undefined ? [] : [[name, value] as const];
  });
}

function storedValue(json: string, annotated: EdmType | undefined): UndeclaredValue | undefined {
  switch (json[0]) {
    case 'n':
      return undefined; // null: selected, and absent
    case 't':
    case 'f':
      return { type: 'Boolean', text: json };
    case '"': {
      const text = JSON.parse(json) as string;
      return annotated === 'Binary'
        ? { type: 'Binary', bytes: new Uint8Array(Buffer.from(text, 'base64')) }
        : { type: annotated ?? 'String', text };
    }
    default:
      return { type: annotated === undefined || annotated === 'Binary' ? numberType(json) : annotated, text: json };
  }
}

/** The service writes a Double with a point or an exponent, and an Int32 without. */
function numberType(json: string): 'Double' | 'Int32' {
  const value = Number(json);
  return INTEGER.test(json) && value >= -INT32 && value < INT32 ? 'Int32' : 'Double';
}
