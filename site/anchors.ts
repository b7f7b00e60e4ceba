/**
 * Returns the anchor that GitHub gives a heading, from the heading's text without Markdown, so that a link works both
 * there and on the site.
 */
export function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
