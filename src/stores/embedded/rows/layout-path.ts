import { EDM_TYPES, type EdmType } from '../../../edm/edm-type.js';
import { propertySize, type ServiceLimits } from '../../../store/limits.js';
import type { RowShape, Slot } from '../../../store/row.js';
import { FIXED_BYTES, Layout } from './layout.js';
import type { LayoutDictionary } from './layout-dictionary.js';
import { nameProblem, refusal, type RuleViolation } from '../service-rules.js';
import { propertyWireBytes } from './wire-size.js';

/**
 * Maximum number of cached paths of one shape, after which the cache is cleared. Rows with arbitrary undeclared names
 * must not fill the memory.
 */
const REMEMBERED_PATHS = 10_000;

type NamedType = readonly [name: string, type: EdmType];

interface Paths {
  readonly layouts: LayoutDictionary;
  readonly limits: ServiceLimits;
  readonly shape: RowShape;
  /** Size of the fixed part of a row that has every property of the shape. */
  readonly fixedBytes: number;
  count: number;
}

const TYPE_NUMBERS = Object.fromEntries(EDM_TYPES.map((type, number) => [type, number])) as Readonly<
  Record<EdmType, number>
>;

/**
 * The properties of a row that have been written so far, in order: a node in the tree of all sequences of properties in
 * which rows have been written. Everything that depends only on names and types (the layout, sizes, violations of the
 * service's rules) is computed once per node, so that writing costs one step per property.
 */
export class LayoutPath {
  /** Creates the root of the tree for the rows of a shape: the path without properties. */
  static root(layouts: LayoutDictionary, limits: ServiceLimits, shape: RowShape): LayoutPath {
    const fixedBytes = shape.properties.reduce((sum, { type }) => sum + FIXED_BYTES[type], 0);
    return new LayoutPath({ layouts, limits, shape, fixedBytes, count: 0 });
  }

  /** Size of the properties by the service's formula, without the contents of Strings and Binaries. */
  readonly entityBytes: number;
  /** Size of the properties in a request, without the contents of Strings and Binaries. */
  readonly wireBytes: number;
  readonly problem: RuleViolation | undefined;
  readonly #paths: Paths;
  readonly #properties: readonly NamedType[];
  readonly #next = new Map<number | string, LayoutPath>();
  /** The child that was returned last, which most rows need again, and its key in `#next`. */
  #usual: { readonly key: number | string; readonly path: LayoutPath } | undefined;
  #layout: Layout | undefined;

  private constructor(paths: Paths, before?: LayoutPath, property?: NamedType) {
    this.#paths = paths;
    this.#properties = before === undefined || property === undefined ? [] : [...before.#properties, property];
    this.entityBytes = (before?.entityBytes ?? 0) + (property === undefined ? 0 : propertySize(...property));
    this.wireBytes = (before?.wireBytes ?? 0) + (property === undefined ? 0 : propertyWireBytes(...property));
    this.problem = before?.problem ?? this.#ownProblem();
    paths.count += 1;
  }

  /** Returns the path with one more property of the shape. */
  declared(slot: Slot, type: EdmType): LayoutPath {
    const key = slot * EDM_TYPES.length + TYPE_NUMBERS[type];
    return this.#usual?.key === key
      ? this.#usual.path
      : this.#with(key, this.#paths.shape.properties[slot]!.name, type);
  }

  /** Returns the path with one more property that the shape does not declare. */
  undeclared(name: string, type: EdmType): LayoutPath {
    return this.#with(`${TYPE_NUMBERS[type]}${name}`, name, type);
  }

  /**
   * Begins a row, and clears the cache of paths if it is full; call it on a root only. Returns the size of the fixed
   * part of a row that has every property of the shape.
   */
  begin(): number {
    const { count, fixedBytes } = this.#paths;
    if (count > REMEMBERED_PATHS) {
      this.#paths.count = 1;
      this.#next.clear();
      this.#usual = undefined;
    }
    return fixedBytes;
  }

  /** The name of the property that was written last. */
  get lastName(): string {
    return this.#properties.at(-1)![0];
  }

  get layout(): Layout {
    this.#layout ??= this.#paths.layouts.intern(Layout.textOf(this.#properties));
    return this.#layout;
  }

  #with(key: number | string, name: string, type: EdmType): LayoutPath {
    let path = this.#next.get(key);
    if (path === undefined) this.#next.set(key, (path = new LayoutPath(this.#paths, this, [name, type])));
    this.#usual = { key, path };
    return path;
  }

  #ownProblem(): RuleViolation | undefined {
    const before = this.#properties.slice(0, -1);
    const name = this.#properties.at(-1)?.[0];
    if (name === undefined) return undefined;
    const { limits } = this.#paths;
    if (before.some(([other]) => other === name)) {
      return refusal('DuplicatePropertiesSpecified', `The property ${JSON.stringify(name)} is written twice.`);
    }
    return before.length >= limits.properties
      ? refusal('TooManyProperties', `The entity has more than ${limits.properties} properties. Split it.`)
      : nameProblem(name, limits);
  }
}
