import { readSync } from 'node:fs';

/** A root of a tree that has no page. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/** Where a page says what it is and where its nodes lie, which count from the end of its head. */
const HEAD = Object.freeze({ flags: 18, nodesEnd: 20, size: 24 });
const PAGE = Object.freeze({ branch: 0x01, leaf: 0x02, leafWithoutNodes: 0x20 });
/** A node: its number of a page, or its flags and the size of its key, which comes before its data. */
const NODE = Object.freeze({ flags: 4, keySize: 6, size: 8 });
/** What the data of a node is, where it is not the value itself: the place of further pages, or another tree. */
const DATA = Object.freeze({ pages: 0x01, tree: 0x02 });
const PAGES = Object.freeze({ count: 16, size: 24 });
const TREE = Object.freeze({ root: 40, size: 48 });

/**
 * Whether a data file holds every page that is named by the trees with these roots. Reads all of them but the values that have pages of
 * their own, page by page, and believes none: LMDB, which maps the file, would end the process when it came to one behind the end.
 */
export function hasAllPages(file: number, size: number, pageSize: number, roots: readonly bigint[]): boolean {
  const end = BigInt(Math.floor(size / pageSize));
  const page = Buffer.alloc(pageSize);
  const pending = roots.filter((root) => root !== NO_PAGE);
  for (let left = end; pending.length > 0; left--) {
    const number = pending.pop()!;
    // Trees share no pages, so there are no more to visit than the file has.
    if (left === 0n || number >= end) return false;
    if (readSync(file, page, 0, pageSize, Number(number) * pageSize) !== pageSize) return false;
    if (!takeNamed(page, end, pending)) return false;
  }
  return true;
}

/** Adds the pages that a page names to those that are to be visited. `false` where it is no page of a tree, or names one behind the end. */
function takeNamed(page: Buffer, end: bigint, pending: bigint[]): boolean {
  const flags = page.readUInt16LE(HEAD.flags);
  if ((flags & PAGE.leafWithoutNodes) !== 0) return true;
  if ((flags & (PAGE.branch | PAGE.leaf)) === 0) return false;
  const nodesEnd = HEAD.size + page.readUInt16LE(HEAD.nodesEnd);
  if (nodesEnd > page.length) return false;
  for (let at = HEAD.size; at < nodesEnd; at += 2) {
    const node = HEAD.size + page.readUInt16LE(at);
    if (node + NODE.size > page.length) return false;
    const kind = page.readUInt16LE(node + NODE.flags);
    if ((flags & PAGE.branch) !== 0) {
      pending.push(BigInt(page.readUInt32LE(node)) | (BigInt(kind) << 32n));
      continue;
    }
    const data = node + NODE.size + page.readUInt16LE(node + NODE.keySize);
    if ((kind & DATA.pages) !== 0) {
      if (data + PAGES.size > page.length) return false;
      if (page.readBigUInt64LE(data) + page.readBigUInt64LE(data + PAGES.count) > end) return false;
    } else if ((kind & DATA.tree) !== 0) {
      if (data + TREE.size > page.length) return false;
      const root = page.readBigUInt64LE(data + TREE.root);
      if (root !== NO_PAGE) pending.push(root);
    }
  }
  return true;
}
