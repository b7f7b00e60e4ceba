import type { EdmType } from '../../edm/edm-type.js';
import { propertySize } from '../../store/entity-size.js';
import type { ServiceLimits } from '../../store/limits.js';
import { Layout } from './layout.js';
import type { Layouts } from './layouts.js';
import { propertyNameProblem } from './property-name-problem.js';
import { refusal, type Refusal } from './refusal.js';
import { propertyWireBytes } from './wire-size.js';

/** Paths of one shape are forgotten and begun again beyond these: rows of arbitrary undeclared names must not fill the memory. */
const REMEMBERED_PATHS = 10_000;

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

  readonly properties: number;
  /** What the properties weigh by the service's formula, without the contents of Strings and Binaries. */
  readonly entityBytes: number;
  /** The same on the wire. */
  readonly wireBytes: number;
  readonly problem: Refusal | undefined;
  readonly #paths: Paths;
  readonly #before: LayoutPath | undefined;
  readonly #property: readonly [name: string, type: EdmType] | undefined;
  readonly #next = new Map<number | string, LayoutPath>();
  #layout: Layout | undefined;

  private constructor(paths: Paths, before?: LayoutPath, property?: readonly [name: string, type: EdmType]) {
    this.#paths = paths;
    this.#before = before;
    this.#property = property;
    this.properties = before === undefined ? 0 : before.properties + 1;
    this.entityBytes = (before?.entityBytes ?? 0) + (property === undefined ? 0 : propertySize(...property));
    this.wireBytes = (before?.wireBytes ?? 0) + (property === undefined ? 0 : propertyWireBytes(...property));
    this.problem = before?.problem ?? this.#ownProblem();
    paths.count += 1;
  }

  /** The path with one more property. `key` tells the properties and types of one root apart. */
  followedBy(key: number | string, name: string, type: EdmType): LayoutPath {
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
    return this.#property![0];
  }

  get layout(): Layout {
    this.#layout ??= this.#paths.layouts.intern(Layout.textOf(this.#list()));
    return this.#layout;
  }

  #list(): (readonly [name: string, type: EdmType])[] {
    const list: (readonly [name: string, type: EdmType])[] = [];
    for (let path: LayoutPath | undefined = this; path !== undefined; path = path.#before) {
      if (path.#property !== undefined) list.push(path.#property);
    }
    return list.reverse();
  }

  #ownProblem(): Refusal | undefined {
    if (this.#property === undefined) return undefined;
    const [name] = this.#property;
    const { limits } = this.#paths;
    if (this.#before!.#has(name)) {
      return refusal('DuplicatePropertiesSpecified', `The property ${JSON.stringify(name)} is written twice.`);
    }
    if (this.properties > limits.properties) {
      return refusal('TooManyProperties', `The entity has more than ${limits.properties} properties. Split it.`);
    }
    return propertyNameProblem(name, limits);
  }

  #has(name: string): boolean {
    return this.#property !== undefined && (this.#property[0] === name || this.#before!.#has(name));
  }
}
