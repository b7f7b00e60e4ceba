import type { EdmType } from '../../edm/edm-type.js';

const SPECIAL_DOUBLE = new Set(['NaN', 'Infinity', '-Infinity']);
const INT64 = /^-?\d{1,19}$/;

/** The type of a text in an answer without types: what is declared, if it can be that; an ill-formed text gives itself away. */
export function unannotatedType(text: string, declared: Exclude<EdmType, 'Guid' | 'String'>): EdmType {
  switch (declared) {
    case 'Int64':
      return INT64.test(text) ? declared : 'String';
    case 'DateTime':
      return Number.isNaN(Date.parse(text)) ? 'String' : declared;
    case 'Double':
      return SPECIAL_DOUBLE.has(text) ? declared : 'String';
    case 'Binary':
      return declared;
    default:
      return 'String';
  }
}
