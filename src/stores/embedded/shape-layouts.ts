import type { EdmType } from '../../edm/edm-type.js';
import type { RowShape } from '../../store/row.js';
import type { Layout } from './layout.js';

/** Where the properties of a shape stand in rows of one layout; worked out once for both. By slot; absent properties have no type. */
export interface SlotMap {
  readonly types: readonly (EdmType | undefined)[];
  readonly offsets: Int32Array;
  readonly begins: Int32Array;
  /** What the shape does not declare; its slots come after all others. */
  readonly undeclared: readonly { readonly name: string; readonly slot: number }[];
}

/** The slot maps of one shape. Properties that only a filter names come after the declared ones. */
export class ShapeLayouts {
  readonly #declared: ReadonlySet<string>;
  readonly #names: readonly string[];
  readonly #maps = new WeakMap<Layout, SlotMap>();

  constructor(shape: RowShape, filteredNames: readonly string[] = []) {
    this.#declared = new Set(shape.properties.map(({ name }) => name));
    this.#names = [...this.#declared, ...filteredNames];
  }

  /** The slot of a name, declared or not. */
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
