import { isInt64 } from '../../edm/value-rules.js';
import { typeName } from '../../errors/type-name.js';
import { checkNames, invalidOption } from '../../options/check-option.js';
import { outOfRange, wrongType, type Converter } from '../converter.js';

const TEXT = /^(-?)(0|[1-9]\d*)(?:\.(\d+))?$/;

/**
 * Stores an exact decimal, which the class holds as text (`'12.50'`), as a String of any size and scale. Filters can
 * compare it only for equality, and they compare the text: `'1.5'` does not equal `'1.50'`.
 */
export function decimal(): Converter<string, 'String'>;
/**
 * Stores an exact decimal with a fixed number of fraction digits as an Int64 in its smallest unit: `'12.50'` with scale
 * 2 becomes 1250. Filters compare it numerically. Holds up to 18 digits; values are read with exactly `scale` fraction
 * digits.
 */
export function decimal(options: { readonly scale: number }): Converter<string, 'Int64'>;
export function decimal(options?: {
  readonly scale: number;
}): Converter<string, 'String'> | Converter<string, 'Int64'> {
  if (options === undefined) return TEXT_DECIMAL;
  if (typeof options === 'object' && options !== null) checkNames(options, SCALE_NAMES, 'the options of decimal');
  const scale: unknown = (options as { readonly scale: number } | null)?.scale;
  if (Number.isInteger(scale) && (scale as number) >= 0 && (scale as number) <= 18)
    return scaledDecimal(scale as number);
  throw invalidOption('scale', 'a whole number of fraction digits, 0 to 18', typeName(scale));
}

const SCALE_NAMES = Object.freeze({ scale: true });

const TEXT_DECIMAL: Converter<string, 'String'> = Object.freeze({
  type: 'String',
  toStored: (value: string) => parse(value) && value,
  fromStored: (text: string) => parse(text) && text,
});

function scaledDecimal(scale: number): Converter<string, 'Int64'> {
  return Object.freeze({
    type: 'Int64',
    order: 'preserved',
    toStored(value: string): bigint {
      const { sign, whole, fraction } = parse(value);
      if (fraction.length > scale) throw outOfRange(`it must have at most ${scale} fraction digits`);
      const units = BigInt(`${whole}${fraction.padEnd(scale, '0')}`) * (sign === '-' ? -1n : 1n);
      if (!isInt64(units)) throw outOfRange('it does not fit an Int64 of its smallest unit');
      return units;
    },
    fromStored(units: bigint): string {
      if (typeof units !== 'bigint') throw wrongType(`it must be a bigint, not ${typeName(units)}`);
      const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
      const whole = digits.slice(0, digits.length - scale);
      return `${units < 0n ? '-' : ''}${whole}${scale === 0 ? '' : `.${digits.slice(-scale)}`}`;
    },
  });
}

function parse(value: unknown): { readonly sign: string; readonly whole: string; readonly fraction: string } {
  if (typeof value !== 'string') throw wrongType(`it must be a decimal in text, not ${typeName(value)}`);
  const match = TEXT.exec(value);
  if (match === null) throw outOfRange("it must be a decimal such as '-12.50': digits, a point, digits");
  const [, sign = '', whole = '0', fraction = ''] = match;
  return { sign, whole, fraction };
}
