import { classOf } from '../metadata/class-of.js';
import { asInstance, withMembers } from './as-instance.js';

type AnyClass = abstract new (...args: never) => object;
type Members = Record<string, unknown>;

/** What is used of class-transformer: the class that its `@Type` says is found by making an instance. */
interface ClassTransformer {
  readonly plainToInstance: (target: AnyClass, plain: object, options: object) => object;
}

/** The properties of a class that class-validator validates as entities of their own: those of `@ValidateNested`. */
export type NestedNames = (target: AnyClass) => readonly string[];

/**
 * Shows an entity to class-validator with its nested values as instances of their classes, which they are not when they were read from
 * JSON: a value without a class has no constraints. The entity itself, and what is stored of it, stay as they are.
 */
export class NestedValues {
  readonly #namesOf: NestedNames;
  readonly #standIns = new WeakMap<AnyClass, AnyClass>();
  #loading: Promise<ClassTransformer | undefined> | undefined;

  constructor(namesOf: NestedNames) {
    this.#namesOf = namesOf;
  }

  /** The entity itself, where all of its nested values have their classes. */
  async typed(entity: object): Promise<object> {
    if (!this.#hasPlain(entity, new Set())) return entity;
    const transformer = await (this.#loading ??= load());
    return this.#view(entity, transformer);
  }

  #hasPlain(holder: object, path: Set<object>): boolean {
    if (path.has(holder)) return false;
    path.add(holder);
    const members = holder as Members;
    const found = this.#namesOf(classOf(holder) ?? Object).some((name) => this.#isOrHasPlain(members[name], path));
    path.delete(holder);
    return found;
  }

  #isOrHasPlain(value: unknown, path: Set<object>): boolean {
    if (Array.isArray(value)) return value.some((item) => this.#isOrHasPlain(item, path));
    return isObject(value) && (isPlain(value) || this.#hasPlain(value, path));
  }

  #view(holder: object, transformer: ClassTransformer | undefined): object {
    return withMembers(holder, this.#replaced(holder, classOf(holder) ?? Object, transformer));
  }

  #replaced(holder: object, target: AnyClass, transformer: ClassTransformer | undefined): Map<string, unknown> {
    const replaced = new Map<string, unknown>();
    for (const name of this.#namesOf(target)) {
      const value = (holder as Members)[name];
      if (!this.#isOrHasPlain(value, new Set([holder]))) continue;
      replaced.set(name, this.#typedValue(value, { target, name, transformer }));
    }
    return replaced;
  }

  #typedValue(value: unknown, place: Place): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#typedValue(item, place));
    if (!isObject(value)) return value;
    if (!isPlain(value)) return this.#view(value, place.transformer);
    const nestedClass = this.#classAt(value, place);
    if (nestedClass === undefined) return value;
    const replaced = Object.fromEntries(this.#replaced(value, nestedClass, place.transformer));
    return asInstance({ ...value, ...replaced }, nestedClass);
  }

  /** The class that `@Type` says of a value, or the compiler of its property. */
  #classAt(value: object, { target, name, transformer }: Place): AnyClass | undefined {
    const said = transformer === undefined ? undefined : this.#saidClass(value, target, name, transformer);
    if (said !== undefined) return said;
    const reflect = Reflect as { getMetadata?(key: string, target: object, property: string): unknown };
    const told = reflect.getMetadata?.('design:type', target.prototype as object, name);
    return typeof told === 'function' && told !== Object && told !== Array ? (told as AnyClass) : undefined;
  }

  #saidClass(value: object, target: AnyClass, name: string, transformer: ClassTransformer): AnyClass | undefined {
    // Which class it is may depend on a member, so those are given, but for what has nested values of its own. It is a copy: it is changed.
    const sample = Object.fromEntries(Object.entries(value).filter(([, member]) => !isObject(member)));
    try {
      const made = transformer.plainToInstance(this.#standIn(target), { [name]: sample }, { ignoreDecorators: true });
      const typed = (made as Members)[name];
      return isObject(typed) && !isPlain(typed) ? classOf(typed) : undefined;
    } catch {
      return undefined; // A constructor or a transformation that cannot do with so little.
    }
  }

  /** A class that has what decorators say of another one, and whose constructor does nothing. */
  #standIn(target: AnyClass): AnyClass {
    let standIn = this.#standIns.get(target);
    if (standIn === undefined) {
      standIn = Object.setPrototypeOf(class StandIn {}, target) as AnyClass;
      this.#standIns.set(target, standIn);
    }
    return standIn;
  }
}

interface Place {
  readonly target: AnyClass;
  readonly name: string;
  readonly transformer: ClassTransformer | undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** class-transformer, whose `@Type` says classes; who uses it has installed it. */
async function load(): Promise<ClassTransformer | undefined> {
  try {
    return (await import('class-transformer')) as unknown as ClassTransformer;
  } catch {
    return undefined;
  }
}
