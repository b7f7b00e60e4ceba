import type { EdmType } from '../../edm/edm-type.js';
import { propertySize } from '../../store/entity-size.js';
import type { ServiceLimits } from '../../store/limits.js';
import { Layout } from './layout.js';
import type { Layouts } from './layouts.js';
import { nameProblem } from './name-problem.js';
import { refusal, type Refusal } from './refusal.js';
import { propertyWireBytes } from './wire-size.js';

/** Paths of one shape are forgotten and begun again beyond these: rows of arbitrary undeclared names must not fill the memory. */
const REMEMBERED_PATHS = 10_000;

type NamedType = readonly [name: string, type: EdmType];

interface Paths {
  readonly layouts: Layouts;
  readonly limits: ServiceLimits;
  count: number;
}

/**
 * The properties written so far, in order: a node in the tree of all orders seen. What depends on names and types alone (the layout,
 * sizes, what the service refuses) is found out once per node, so that a write costs one step per property.
 */
export class LayoutPath {
  static root(layouts: Layouts, limits: ServiceLimits): LayoutPath {
    return new LayoutPath({ layouts, limits, count: 0 });
  }

  /** What the properties weigh by the service's formula, without the contents of Strings and Binaries. */
  readonly entityBytes: number;
  /** The same on the wire. */
  readonly wireBytes: number;
  readonly problem: Refusal | undefined;
  readonly #paths: Paths;
  readonly #properties: readonly NamedType[];
  readonly #next = new Map<number | string, LayoutPath>();
  #layout: Layout | undefined;

  private constructor(paths: Paths, before?: LayoutPath, property?: NamedType) {
    this.#paths = paths;
    this.#properties = before === undefined || property === undefined ? [] : [...before.#properties, property];
    this.entityBytes = (before?.entityBytes ?? 0) + (property === undefined ? 0 : propertySize(...property));
    this.wireBytes = (before?.wireBytes ?? 0) + (property === undefined ? 0 : propertyWireBytes(...property));
    this.problem = before?.problem ?? this.#ownProblem();
    paths.count += 1;
  }

  /** The path with one more property. `key` tells the properties and types of one root apart. */
  with(key: number | string, name: string, type: EdmType): LayoutPath {
    const known = this.#next.get(key);
    if (known !== undefined) return known;
    const next = new LayoutPath(this.#paths, this, [name, type]);
    this.#next.set(key, next);
    return next;
  }

  /** Begins a row; on a root only. */
  begin(): this {
    if (this.#paths.count > REMEMBERED_PATHS) {
      this.#paths.count = 1;
      this.#next.clear();
    }
    return this;
  }

  /** The name of the property written last. */
  get lastName(): string {
    return this.#properties.at(-1)![0];
  }

  get layout(): Layout {
    this.#layout ??= this.#paths.layouts.intern(Layout.textOf(this.#properties));
    return this.#layout;
  }

  #ownProblem(): Refusal | undefined {
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
