import type { EdmType } from '../../edm/edm-type.js';
import type { RowShape } from '../../store/row.js';
import type { Layout } from './layout.js';

/** Where the properties of a shape stand in rows of one layout; worked out once for both. By slot; absent properties have no type. */
export interface SlotMap {
  readonly types: readonly (EdmType | undefined)[];
  readonly offsets: Int32Array;
  readonly begins: Int32Array;
  /** Places in the layout that the shape does not declare. */
  readonly undeclared: readonly number[];
}

/** The slot maps of one shape. Properties that only a filter names come after the declared ones. */
export class ShapeLayouts {
  readonly shape: RowShape;
  readonly #names: readonly string[];
  readonly #maps = new WeakMap<Layout, SlotMap>();

  constructor(shape: RowShape, filteredNames: readonly string[] = []) {
    this.shape = shape;
    this.#names = [...shape.properties.map(({ name }) => name), ...filteredNames];
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
    const places = this.#names.map((name) => layout.slots.get(name) ?? -1);
    const declared = new Set(this.shape.properties.map(({ name }) => name));
    return {
      types: places.map((place) => properties[place]?.type),
      offsets: Int32Array.from(places, (place) => layout.offsets[place] ?? -1),
      begins: Int32Array.from(places, (place) => layout.begins[place] ?? -1),
      undeclared: properties.flatMap(({ name }, place) => (declared.has(name) ? [] : [place])),
    };
  }
}
