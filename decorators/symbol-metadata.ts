// Standard decorators share what they know through Symbol.metadata; compilers fall back to this symbol where the runtime has none.
(Symbol as { metadata?: symbol }).metadata ??= Symbol.for('Symbol.metadata');

export {};
