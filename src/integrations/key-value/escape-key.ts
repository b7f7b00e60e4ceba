/** What the service forbids in keys, the escape character, halves of characters, which have no UTF-8, and the last unit. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  /[~/\\#?\u0000-\u001f\u007f-\u009f\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPED = /~(?:u([0-9A-F]{4})|([0-9A-F]{2}))/g;

/** Makes a row key of any text: `~XX` or `~uXXXX` for what a key cannot hold; ordinary text stays as it is. A stored format. */
export function escapeKey(key: string): string {
  return key.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).toUpperCase();
    return code > 0xff ? `~u${hex.padStart(4, '0')}` : `~${hex.padStart(2, '0')}`;
  });
}

/** The text that {@link escapeKey} made a row key of. */
export function unescapeKey(rowKey: string): string {
  return rowKey.replace(ESCAPED, (_, wide: string | undefined, narrow: string | undefined) =>
    String.fromCharCode(Number.parseInt((wide ?? narrow)!, 16)),
  );
}
