import { isEdmType, type EdmType } from '../../../edm/edm-type.js';
import type { RowShape } from '../../../store/row.js';
import { INSTANT_BYTES } from './instant.js';

/**
 * Size in bytes of a value of each type in the fixed part of a row. A String or Binary stores there only the offset at
 * which its content ends in the variable part.
 */
export const FIXED_BYTES: Readonly<Record<EdmType, number>> = {
  Binary: 4,
  Boolean: 1,
  DateTime: INSTANT_BYTES,
  Double: 8,
  Guid: 16,
  Int32: 4,
  Int64: 8,
  String: 4,
};

/** Returns whether values of a type are stored in the variable part of a row. */
export function isVariable(type: EdmType): boolean {
  return type === 'String' || type === 'Binary';
}

/**
 * The names and types of a row's properties, in the order they were written, and the position of each. A layout is
 * stored once for all rows that have it; the rows contain its number.
 */
export class Layout {
  /** Parses the text of a layout. Returns `undefined` if it is not one. */
  static parse(text: string): Layout | undefined {
    const properties = parseJson(text);
    return isProperties(properties) ? new Layout(properties, text) : undefined;
  }

  static textOf(properties: readonly (readonly [name: string, type: EdmType])[]): string {
    return JSON.stringify(properties);
  }

  readonly text: string;
  /** A shape that declares every property, so that a whole row can be read by slot. */
  readonly shape: RowShape;
  readonly slots: ReadonlyMap<string, number>;
  /** Offset of each property in the fixed part. */
  readonly offsets: Int32Array;
  /**
   * For each String or Binary, the offset of the entry in the fixed part that marks the start of its content, which is
   * the entry of the String or Binary before it; -1 for the first.
   */
  readonly begins: Int32Array;
  /** Size of the fixed part. */
  readonly fixedBytes: number;

  constructor(properties: readonly (readonly [name: string, type: EdmType])[], text = Layout.textOf(properties)) {
    this.text = text;
    this.shape = { properties: properties.map(([name, type]) => ({ name, type })) };
    this.slots = new Map(properties.map(([name], index) => [name, index]));
    this.offsets = new Int32Array(properties.length);
    this.begins = new Int32Array(properties.length);
    let at = 0;
    let previous = -1;
    properties.forEach(([, type], index) => {
      this.offsets[index] = at;
      this.begins[index] = previous;
      if (isVariable(type)) previous = at;
      at += FIXED_BYTES[type];
    });
    this.fixedBytes = at;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isProperties(found: unknown): found is readonly (readonly [name: string, type: EdmType])[] {
  return (
    Array.isArray(found) &&
    found.every((each: unknown) => Array.isArray(each) && typeof each[0] === 'string' && isEdmType(each[1]))
  );
}

/**
 * The types and positions of a shape's properties in rows of one layout, indexed by slot (the index of a property in
 * the shape). It is computed once for each pair of shape and layout. A property that the rows lack has no type.
 */
export interface SlotMap {
  readonly types: readonly (EdmType | undefined)[];
  readonly offsets: Int32Array;
  readonly begins: Int32Array;
  /** The properties of the rows that the shape does not declare. Their slots are higher than all others. */
  readonly undeclared: readonly { readonly name: string; readonly slot: number }[];
}

/**
 * For one shape, the {@link SlotMap} of every layout in which its rows are stored. A property that a filter names, but
 * the shape does not declare, gets a slot after those of the declared properties.
 */
export class ShapeLayouts {
  readonly #declared: ReadonlySet<string>;
  readonly #names: readonly string[];
  readonly #maps = new WeakMap<Layout, SlotMap>();

  constructor(shape: RowShape, filteredNames: readonly string[] = []) {
    this.#declared = new Set(shape.properties.map(({ name }) => name));
    this.#names = [...this.#declared, ...filteredNames];
  }

  /** Returns the slot of a name that is declared or filtered; -1 for other names. */
  slotOf(name: string): number {
    return this.#names.indexOf(name);
  }

  of(layout: Layout): SlotMap {
    const known = this.#maps.get(layout);
    if (known !== undefined) return known;
    const map = this.#map(layout);
    this.#maps.set(layout, map);
    return map;
  }

  #map(layout: Layout): SlotMap {
    const { properties } = layout.shape;
    const rest = properties.filter(({ name }) => !this.#declared.has(name)).map(({ name }) => name);
    const places = [...this.#names, ...rest].map((name) => layout.slots.get(name) ?? -1);
    return {
      types: places.map((place) => properties[place]?.type),
      offsets: Int32Array.from(places, (place) => layout.offsets[place] ?? -1),
      begins: Int32Array.from(places, (place) => layout.begins[place] ?? -1),
      undeclared: rest.map((name, index) => ({ name, slot: this.#names.length + index })),
    };
  }
}
