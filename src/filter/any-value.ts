import type { EdmType, TypedValue } from '../edm/edm-type.js';
import { Guid } from '../edm/guid.js';

/** Some value of each type, to compare with where only presence is asked. */
export const ANY_VALUE: { readonly [E in EdmType]: Extract<TypedValue, { readonly type: E }> } = Object.freeze({
  Binary: { type: 'Binary', value: new Uint8Array(1) },
  Boolean: { type: 'Boolean', value: true },
  DateTime: { type: 'DateTime', value: new Date(0) },
  Double: { type: 'Double', value: 0 },
  Guid: { type: 'Guid', value: Guid.parse('00000000-0000-0000-0000-000000000000') },
  Int32: { type: 'Int32', value: 0 },
  Int64: { type: 'Int64', value: 0n },
  String: { type: 'String', value: '' },
});
