import { readSync } from 'node:fs';

/** The page number that LMDB stores as the root of an empty tree. */
const NO_PAGE = 0xffff_ffff_ffff_ffffn;

/**
 * Offsets in the header of a page: its kind, and the end of its node table. The node table lists the offsets of the
 * nodes, counted from the end of the header.
 */
const HEAD = Object.freeze({ flags: 18, nodesEnd: 20, size: 24 });
const PAGE = Object.freeze({ branch: 0x01, leaf: 0x02, leafWithoutNodes: 0x20 });
/**
 * Offsets in a node: the flags and the key size of an entry, and the end of its header, after which the key and then
 * the data follow. In a branch page, the bytes up to the key size are the number of a child page.
 */
const NODE = Object.freeze({ flags: 4, keySize: 6, size: 8 });
/** Flags of an entry whose data is not the value itself: a reference to overflow pages, or another tree. */
const DATA = Object.freeze({ pages: 0x01, tree: 0x02 });
const PAGES = Object.freeze({ count: 16, size: 24 });
const TREE = Object.freeze({ root: 40, size: 48 });

/**
 * Returns whether a data file contains every page that the trees with these roots refer to. Reads every page except the
 * overflow pages of large values, and validates each. LMDB itself, which maps the file into memory, would crash the
 * process on a reference beyond the end of the file.
 */
export function hasAllPages(file: number, size: number, pageSize: number, roots: readonly bigint[]): boolean {
  const end = BigInt(Math.floor(size / pageSize));
  const page = Buffer.alloc(pageSize);
  const pending = roots.filter((root) => root !== NO_PAGE);
  for (let left = end; pending.length > 0; left--) {
    const number = pending.pop()!;
    // Trees share no pages, so there cannot be more to visit than the file has.
    if (left === 0n || number >= end) return false;
    if (readSync(file, page, 0, pageSize, Number(number) * pageSize) !== pageSize) return false;
    if (!takeNamed(page, end, pending)) return false;
  }
  return true;
}

/**
 * Adds to `pending` the numbers of all pages that a page refers to. Returns `false` if it is not a valid page of a
 * tree, or if it refers to overflow pages beyond the end of the file.
 */
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
